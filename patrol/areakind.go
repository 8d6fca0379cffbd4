package patrol

// AreaKinds returns the kinds of areas, from the widest to the narrowest: an area lies in
// one of a wider kind.
func AreaKinds() []string {
	c, _ := CollectionNamed(Areas) // there is one
	kind, _ := c.Property("kind")
	return kind.Enum
}
