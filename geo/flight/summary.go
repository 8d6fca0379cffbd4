package flight

import (
	"math"

	"xunfang/geo"
)

// Summary is what a plan comes to, and what was assumed in it.
type Summary struct {
	Lanes          int      `json:"lanes"`
	LengthM        float64  `json:"length_m"`
	TimeS          float64  `json:"time_s"`
	Photos         int      `json:"photos"`
	Sorties        int      `json:"sorties"`
	Batteries      *int     `json:"batteries"` // null when it is not known what one lasts
	AreaM2         float64  `json:"area_m2"`
	SeenShare      float64  `json:"seen_share"` // of the area, that images taken to plan show
	HeightM        float64  `json:"height_m"`
	GSDCm          *float64 `json:"gsd_cm"` // null when the image's width is not known
	SpeedMPS       float64  `json:"speed_mps"`
	LaneSpacingM   float64  `json:"lane_spacing_m"`
	PhotoSpacingM  float64  `json:"photo_spacing_m"`
	PhotoIntervalS float64  `json:"photo_interval_s"`
	Assumed        []string `json:"assumed"`
}

// Summary adds the sorties up.
func (p *Plan) Summary() Summary {
	s := Summary{
		Lanes: p.Lanes, Sorties: len(p.Sorties), AreaM2: tenths(geo.AreaM2(p.Area)), SeenShare: p.SeenShare(),
		HeightM: hundredths(p.HeightM), SpeedMPS: p.SpeedMPS,
		LaneSpacingM: hundredths(p.LaneM), PhotoSpacingM: hundredths(p.PhotoM), PhotoIntervalS: hundredths(p.PhotoM / p.SpeedMPS),
		Assumed: []string{"level ground: the height above ground is flown as height above take-off"},
	}
	for _, sortie := range p.Sorties {
		s.LengthM += sortie.LengthM
		s.TimeS += sortie.TimeS
		s.Photos += sortie.Photos
	}
	s.LengthM, s.TimeS = tenths(s.LengthM), tenths(s.TimeS)
	if p.GSDCm > 0 {
		gsdCm := hundredths(p.GSDCm)
		s.GSDCm = &gsdCm
	}
	if p.BatteryS > 0 {
		s.Batteries = &s.Sorties
	}
	if p.Takeoff == nil && p.BatteryS == 0 {
		s.Assumed = append(s.Assumed, "no take-off point: the ways there and back are not counted")
	}
	return s
}

// tenths and hundredths round, as figures are told.
func tenths(v float64) float64     { return math.Round(v*10) / 10 }
func hundredths(v float64) float64 { return math.Round(v*100) / 100 }
