package patrol

// Level is one degree of restriction that a zone can have: a row of the
// deployment's table. Where zones overlap the higher precedence shows.
type Level struct {
	Code       string `json:"code"`
	NameZH     string `json:"name_zh"`
	NameEN     string `json:"name_en"`
	Colour     string `json:"colour"` // #rrggbb
	Hatch      string `json:"hatch"`  // diagonal, counter (the other diagonal), cross, dots or none
	Precedence int    `json:"precedence"`
}

// Levels is the table that a deployment starts with, highest precedence first.
var Levels = []Level{
	{Code: "sealed", NameZH: "封控区", NameEN: "Sealed", Colour: "#d55e00", Hatch: "diagonal", Precedence: 30},
	{Code: "controlled", NameZH: "管控区", NameEN: "Controlled", Colour: "#e69f00", Hatch: "counter", Precedence: 20},
	{Code: "precautionary", NameZH: "防范区", NameEN: "Precautionary", Colour: "#f0e442", Hatch: "dots", Precedence: 10},
}

func levelCodes() []string {
	var codes []string
	for _, l := range Levels {
		codes = append(codes, l.Code)
	}
	return codes
}
