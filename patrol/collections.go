package patrol

import "slices"

// Names of the collections that rules speak of.
const (
	Areas       = "areas"
	Checkpoints = "checkpoints"
	Zones       = "zones"
	Watches     = "watches"
	Teams       = "teams"
	Assignments = "assignments"
	Trackers    = "trackers"
	Streets     = "streets"
	Tracks      = "tracks"
	Fixes       = "fixes"
	Gaps        = "gaps"
	Footprints  = "footprints"
)

// Users is by what name the feed tells that what opens doors to a user has changed. It
// is no collection: people with accounts are not features.
const Users = "users"

// Collection is one kind of feature. The table of them drives what is accepted,
// what the OpenAPI document says and which filters are offered.
type Collection struct {
	Name       string
	Title      string
	TitleZH    string
	Geometries []string // GeoJSON types accepted and served; none = posted with null
	Properties []Property
	Writer     Role // who has at least this role may write features; "": they are made by the server
}

// Property returns the property of that name, and whether there is one.
func (c Collection) Property(name string) (Property, bool) {
	i := slices.IndexFunc(c.Properties, func(p Property) bool { return p.Name == name })
	if i < 0 {
		return Property{}, false
	}
	return c.Properties[i], true
}

// Versioned reports whether the versions of c's features are told apart by a number
// that is served.
func (c Collection) Versioned() bool {
	_, ok := c.Property("version")
	return ok
}

// Writable reports whether c's features can be posted.
func (c Collection) Writable() bool { return c.Writer != "" }

// Evidence reports whether c's items are one tracker's evidence in an interval,
// which must both be named.
func (c Collection) Evidence() bool {
	return c.Name == Tracks || c.Name == Fixes || c.Name == Footprints
}

// CollectionNamed returns the collection of that name, or ErrNotFound.
func CollectionNamed(name string) (Collection, error) {
	for _, c := range Collections {
		if c.Name == name {
			return c, nil
		}
	}
	return Collection{}, ErrNotFound
}

// Collections is every collection there is, in the order in which they are listed.
var Collections = []Collection{
	{
		Name: Areas, Title: "Areas", TitleZH: "区域", Writer: Planner,
		Geometries: []string{"Polygon", "MultiPolygon"},
		Properties: []Property{
			{Name: "name", Type: Text, Required: true, Filter: true},
			{Name: "kind", Type: Text, Required: true, Filter: true, Enum: []string{"district", "subdistrict", "community", "grid", "compound", "building", "unit"}},
			{Name: "parent", Type: ID, Filter: true, About: "the area that this one lies in"},
		},
	}, {
		Name: Checkpoints, Title: "Checkpoints", TitleZH: "卡点", Writer: Planner,
		Geometries: []string{"Point"},
		Properties: []Property{
			{Name: "name", Type: Text, Required: true, Filter: true},
			{Name: "radius_m", Type: Number, Required: true, MoreThan0: true, Most: 5000, About: "who is this near is at the checkpoint, metres"},
			{Name: "min_staff", Type: Integer, Least: 1, Most: 1000, About: "how many people must be there; 1 unless given"},
		},
	}, {
		Name: Zones, Title: "Zones", TitleZH: "防控区域", Writer: Planner,
		Geometries: []string{"Polygon", "MultiPolygon"},
		Properties: []Property{
			{Name: "name", Type: Text, Required: true, Filter: true},
			{Name: "level", Type: Text, Required: true, Filter: true, Enum: levelCodes()},
			{Name: "order_no", Type: Text, Filter: true, About: "文号; a zone is issued when it has this, valid_from and valid_to or review_at"},
			{Name: "authority", Type: Text, About: "who issued it"},
			{Name: "reason", Type: Text},
			{Name: "valid_from", Type: Time},
			{Name: "valid_to", Type: Time},
			{Name: "review_at", Type: Time, About: "when the order is reviewed; it stays in force until lifted"},
			{Name: "units", Type: TextList, About: "the buildings and units it holds for"},
			{Name: "version", Type: Integer, Served: true},
			{Name: "newest_version", Type: Integer, Served: true, About: "more than version when an amendment or a lifting starts later"},
			{Name: "state", Type: Text, Served: true, Enum: []string{ZoneDraft, ZoneScheduled, ZoneInForce, ZoneEnded}},
			{Name: "ends_at", Type: Time, Served: true, About: "when this version stops being in force: valid_to, or earlier where it is amended or lifted"},
			{Name: "lifted_at", Type: Time, Served: true, About: "of the version that a lifting made"},
			{Name: "recorded_at", Type: Time, Served: true, About: "when this version was written"},
		},
	}, {
		Name: Watches, Title: "Watches", TitleZH: "巡查要求", Writer: Planner,
		Properties: []Property{
			{Name: "name", Type: Text, Required: true, Filter: true},
			{Name: "kind", Type: Text, Required: true, Filter: true, Enum: watchKindNames(), About: "ground: an area's surface; perimeter: its outlines; survey: its surface, by drones' images; post: who stands at a checkpoint"},
			{Name: "subject", Type: Text, Required: true, Filter: true, About: "areas/ID or zones/ID, for a post checkpoints/ID"},
			{Name: "sources", Type: TextList, Enum: kindNames(), About: "kinds of tracker that count; person and vehicle unless given, of a survey drone, which alone counts there; drones count by the footprints of their images"},
			{Name: "active_from", Type: Time, About: "gaps are recorded from then on; now unless given"},
			{Name: "active_to", Type: Time},
			{Name: "revisit_s", Type: Integer, Least: 1, Most: 366 * 86400, About: "every part must be seen at least this often; not less than join_s; required but for a post, of which it is the time whose share is told: a day unless given"},
			{Name: "sweep_width_m", Type: Figures, MoreThan0: true, Most: 5000, About: "width of the strip that a passing tracker observes; 30 unless given"},
			{Name: "join_s", Type: Figures, MoreThan0: true, Most: 600, About: "fixes further apart in time make no leg; 60 unless given"},
			{Name: "join_m", Type: Figures, MoreThan0: true, Most: 10000, About: "fixes further apart make no leg; person 100, vehicle 400, drone 300 unless given"},
			{Name: "max_accuracy_m", Type: Figures, MoreThan0: true, Most: 10000, About: "fixes that claim less accuracy do not count; the larger of 20 and half the sweep width unless given"},
			{Name: "priority", Type: Integer, Least: 1, Most: 5, About: "how much its gaps matter, 1 low to 5 high; 3 unless given"},
			{Name: "min_gap_m2", Type: Number, Least: 0, Most: 1e9, About: "of ground: smaller gaps are not recorded; the sweep width squared unless given"},
			{Name: "min_gap_m", Type: Number, Least: 0, Most: 1e6, About: "of a perimeter: shorter gaps are not recorded; the sweep width unless given"},
			{Name: "min_images", Type: Integer, Least: 1, Most: maxMinImages, About: "of a survey: so many images must show every part, those of one drone taken at least 0.05 times the height apart; 1 unless given"},
			{Name: "presence_s", Type: Integer, Least: 10, Most: 86400, About: "of a post: how long a proof of presence holds; 900 unless given"},
			{Name: "grace_s", Type: Integer, Least: 0, Most: 86400, About: "of a post: how long it may be short before that is a gap; 120 unless given"},
			{Name: "min_staff", Type: Integer, Least: 1, Most: 1000, About: "of a post: how many people must be there; what the checkpoint says unless given"},
			{Name: "hours", Type: Text, About: "of a post: when it must be staffed, such as Mon-Fri 08:00-20:00; Sat,Sun 09:00-18:00 by the deployment's clock; always unless given"},
			{Name: "version", Type: Integer, Served: true},
		},
	}, {
		Name: Teams, Title: "Teams", TitleZH: "队伍", Writer: Planner,
		Properties: []Property{
			{Name: "name", Type: Text, Required: true, Filter: true},
			{Name: "parent", Type: ID, Filter: true, About: "the team that this one is part of"},
			{Name: "leader", Type: Text, Filter: true, About: "the user name of who leads it"},
			{Name: "area", Type: ID, Filter: true, About: "the area that it works in"},
		},
	}, {
		Name: Assignments, Title: "Assignments", TitleZH: "派驻", Writer: Leader,
		Properties: []Property{
			{Name: "team", Type: ID, Filter: true, About: "who answers for the subject; or tracker"},
			{Name: "tracker", Type: ID, Filter: true},
			{Name: "subject", Type: Text, Required: true, Filter: true, About: "areas/ID, checkpoints/ID or zones/ID"},
			{Name: "from", Type: Time, About: "now unless given"},
			{Name: "to", Type: Time, About: "until further notice unless given"},
		},
	}, {
		Name: Trackers, Title: "Trackers", TitleZH: "定位终端", Writer: Leader,
		Properties: []Property{
			{Name: "name", Type: Text, Required: true, Filter: true},
			{Name: "kind", Type: Text, Required: true, Filter: true, Enum: kindNames()},
			{Name: "team", Type: Text, Filter: true, About: "the id of one of the teams, or a name of no further meaning"},
			{Name: "person", Type: Text, Filter: true, About: "who carries it"},
			{Name: "phone", Type: Text, About: "how to reach who carries it"},
			{Name: "import", Type: Bool, About: "made by an import: fixes of any past are taken"},
			{Name: "seen_at", Type: Time, Served: true, About: "time of the newest fix"},
			{Name: "battery", Type: Number, Served: true, About: "0 to 1"},
		},
	}, {
		Name: Streets, Title: "Streets", TitleZH: "道路", Writer: Planner,
		Geometries: []string{"LineString", "MultiLineString"},
		Properties: []Property{
			{Name: "name", Type: Text, Filter: true},
			{Name: "kind", Type: Text, Required: true, Filter: true, Enum: []string{"road", "street", "path"}},
		},
	}, {
		Name: Tracks, Title: "Tracks", TitleZH: "轨迹",
		Geometries: []string{"MultiLineString"},
		Properties: []Property{
			{Name: "tracker", Type: ID, Served: true, Filter: true},
			{Name: "from", Type: Time, Served: true},
			{Name: "to", Type: Time, Served: true},
		},
	}, {
		Name: Fixes, Title: "Fixes", TitleZH: "定位点",
		Geometries: []string{"Point"},
		Properties: []Property{
			{Name: "tracker", Type: ID, Served: true, Filter: true},
			{Name: "t", Type: Time, Served: true},
			{Name: "received_at", Type: Time, Served: true},
			{Name: "accuracy_m", Type: Number, Served: true},
			{Name: "speed_mps", Type: Number, Served: true},
			{Name: "heading_deg", Type: Number, Served: true},
			{Name: "altitude_m", Type: Number, Served: true},
			{Name: "battery", Type: Number, Served: true},
		},
	}, {
		Name: Footprints, Title: "Footprints", TitleZH: "像片地面覆盖范围",
		Geometries: []string{"Polygon"},
		Properties: []Property{
			{Name: "tracker", Type: ID, Served: true, Filter: true},
			{Name: "t", Type: Time, Served: true},
			{Name: "received_at", Type: Time, Served: true},
			{Name: "height_m", Type: Number, Served: true, About: "what the footprint was worked out for"},
			{Name: "height_kind", Type: Text, Served: true, Enum: []string{string(AboveGround), string(AboveTakeoff)}, About: "takeoff: taken for the height above ground, as over level ground"},
			{Name: "gsd_cm", Type: Number, Served: true, About: "ground sample distance straight below, centimetres a pixel"},
		},
	}, {
		Name: Gaps, Title: "Gaps", TitleZH: "巡查缺口",
		Geometries: []string{"MultiPolygon", "LineString", "Point"},
		Properties: []Property{
			{Name: "watch", Type: ID, Served: true, Filter: true},
			{Name: "watch_name", Type: Text, Served: true},
			{Name: "kind", Type: Text, Served: true, Enum: watchKindNames()},
			{Name: "since", Type: Time, Served: true, About: "when the longest unseen piece was last seen"},
			{Name: "size_m2", Type: Number, Served: true, About: "of ground"},
			{Name: "size_m", Type: Number, Served: true, About: "of a perimeter, as are the next four"},
			{Name: "part", Type: Integer, Served: true, About: "which polygon of the area, from 0"},
			{Name: "ring", Type: Integer, Served: true, About: "which of its rings: 0 is the outer one"},
			{Name: "from_m", Type: Number, Served: true, About: "metres along the ring from its first vertex, the area on the left"},
			{Name: "to_m", Type: Number, Served: true, About: "less than from_m where the gap leads over the ring's start"},
			{Name: "short_by", Type: Integer, Served: true, About: "of a post: how many people it lacks"},
			{Name: "present", Type: Integer, Served: true, About: "of a post: how many people are there"},
			{Name: "min_staff", Type: Integer, Served: true, About: "of a post: how many must be"},
			{Name: "cause", Type: Text, Served: true, Filter: true, Enum: causeNames()},
			{Name: "why", Type: Text, Served: true, About: "the cause as a sentence"},
			{Name: "setting", Type: Text, Served: true, About: "the watch's setting that the evidence missed, or assignments"},
			{Name: "value", Type: Number, Served: true, About: "what was measured"},
			{Name: "limit", Type: Number, Served: true, About: "what the setting allows"},
			{Name: "label", Type: Position, Served: true, About: "a point inside, lon and lat"},
			{Name: "severity", Type: Number, Served: true, About: "priority × how far overdue × the zone it lies in"},
			{Name: "severity_level", Type: Text, Served: true, Filter: true, Enum: severityNames(), About: "critical and high need a person"},
			{Name: "state", Type: Text, Served: true, Filter: true, Enum: gapStateNames(), About: "whether anybody answers for it; waived with a reason; closed by evidence alone"},
			{Name: "opened_at", Type: Time, Served: true},
			{Name: "closed_at", Type: Time, Served: true},
			{Name: "owner", Type: Text, Served: true, About: "who answers for it"},
			{Name: "acknowledged_at", Type: Time, Served: true},
			{Name: "acknowledged_by", Type: Text, Served: true},
			{Name: "assigned_to", Type: Text, Served: true, About: "teams/ID, trackers/ID or users/NAME"},
			{Name: "note", Type: Text, Served: true, About: "the last that was said of it"},
			{Name: "reason", Type: Text, Served: true, About: "why it was waived"},
		},
	},
}

func kindNames() []string {
	var names []string
	for _, k := range Kinds {
		names = append(names, string(k))
	}
	return names
}

func watchKindNames() []string {
	return []string{string(Ground), string(Perimeter), string(Survey), string(AtPost)}
}

func causeNames() []string {
	return []string{string(Understaffed), string(Silent), string(Inaccurate), string(Sparse), string(Thin), string(Expired), string(Never)}
}
