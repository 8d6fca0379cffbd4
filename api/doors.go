package api

import (
	"fmt"
	"net/http"
	"strings"

	"xunfang/patrol"
)

// Door is one thing that can be asked for, and who may.
type Door struct {
	Pattern string      // as http.ServeMux reads it
	Least   patrol.Role // who has this role or a higher one somewhere; or Nobody, Anyone
	// Of is the collection of which {id} names one: it must lie where who asks may look,
	// and, where more than looking is done, in an area for which they have the role.
	// InPath: the collection that the path names, whose Writer is who may write.
	Of    string
	serve func(*server, http.ResponseWriter, *http.Request) error
}

// Those who need no role.
const (
	Nobody patrol.Role = "nobody" // the door is open: nobody needs to sign in
	Anyone patrol.Role = "anyone" // who is signed in
)

// InPath stands for the collection that a path names.
const InPath = "{collection}"

// Open reports whether nobody needs to sign in.
func (d Door) Open() bool { return d.Least == Nobody }

// Doors is every door there is, and the one table of who may pass it. /ingest/ and
// /api/field are open to people because they know trackers by their own tokens.
var Doors = []Door{
	{"/", Nobody, "", (*server).serveFile},
	{"GET /healthz", Nobody, "", (*server).serveHealth},
	{"GET /readyz", Nobody, "", (*server).serveReady},
	{"GET /metrics", patrol.Commander, "", (*server).serveMetrics},

	{"GET /api/about", Nobody, "", (*server).serveAbout},
	{"GET /api/deployment", Anyone, "", (*server).serveDeployment},
	{"POST /api/session", Nobody, "", (*server).signIn},
	{"GET /api/session", Anyone, "", (*server).serveSession},
	{"GET /api/me", Anyone, "", (*server).serveSession},
	{"DELETE /api/session", Anyone, "", (*server).signOut},
	{"GET /api/tokens", Anyone, "", (*server).listTokens},
	{"POST /api/tokens", Anyone, "", (*server).createToken},
	{"DELETE /api/tokens/{id}", Anyone, "", (*server).revokeToken},
	{"PUT /api/password", Anyone, "", (*server).changePassword},
	{"GET /api/users", patrol.Admin, "", (*server).listUsers},
	{"POST /api/users", patrol.Admin, "", (*server).createUser},
	{"GET /api/users/{name}", patrol.Admin, "", (*server).serveUser},
	{"PUT /api/users/{name}", patrol.Admin, "", (*server).replaceUser},
	{"DELETE /api/users/{name}", patrol.Admin, "", (*server).deleteUser},
	{"POST /api/trackers/{id}/token", patrol.Leader, patrol.Trackers, (*server).renewTrackerToken},
	{"DELETE /api/trackers/{id}/token", patrol.Leader, patrol.Trackers, (*server).revokeTrackerToken},
	{"GET /api/watches/{id}/coverage", patrol.Viewer, patrol.Watches, (*server).serveCoverage},
	{"GET /api/watches/{id}/series", patrol.Viewer, patrol.Watches, (*server).serveSeries},
	{"GET /api/checkpoints/{id}/code", patrol.Leader, patrol.Checkpoints, (*server).serveCheckpointCode},
	{"POST /api/gaps/{id}/acknowledge", patrol.Field, patrol.Gaps, (*server).acknowledgeGap},
	{"POST /api/gaps/{id}/assign", patrol.Leader, patrol.Gaps, (*server).assignGap},
	{"POST /api/gaps/{id}/waive", patrol.Leader, patrol.Gaps, (*server).waiveGap},
	{"POST /api/gaps/{id}/reopen", patrol.Leader, patrol.Gaps, (*server).reopenGap},
	{"GET /api/gaps/{id}/history", patrol.Viewer, patrol.Gaps, (*server).serveGapHistory},
	{"POST /api/gaps/{id}/plan", patrol.Field, patrol.Gaps, (*server).planGap},
	{"GET /api/cameras", Anyone, "", (*server).serveCameras},
	{"POST /api/surveys/plan", patrol.Field, "", (*server).planSurvey},
	{"POST /api/surveys/show", patrol.Field, "", (*server).showPlan},
	{"GET /tiles/idleness/{id}/{z}/{x}/{y}", patrol.Viewer, patrol.Watches, (*server).serveIdleness},

	{"POST /api/roster", patrol.Planner, "", (*server).takeRoster},
	{"POST /api/field-links", patrol.Leader, "", (*server).createFieldLink},
	{"GET /api/field-links", patrol.Leader, "", (*server).listFieldLinks},
	{"DELETE /api/field-links/{id}", patrol.Leader, "", (*server).revokeFieldLink},
	{"POST /api/field-session", Nobody, "", (*server).useFieldLink},
	{"GET /api/field", Nobody, "", (*server).serveField},
	{"PUT /api/field/duty", Nobody, "", (*server).takeDuty},
	{"GET /api/field/surroundings", Nobody, "", (*server).serveSurroundings},

	{"GET /ogc", Anyone, "", (*server).serveLanding},
	{"GET /ogc/{$}", Anyone, "", (*server).serveLanding},
	{"GET /ogc/conformance", Anyone, "", (*server).serveConformance},
	{"GET /ogc/api", Anyone, "", (*server).serveOpenAPI},
	{"GET /ogc/collections", Anyone, "", (*server).serveCollections},
	{"GET /ogc/collections/{collection}", Anyone, InPath, (*server).serveCollection},
	{"GET /ogc/collections/{collection}/items", patrol.Viewer, InPath, (*server).serveItems},
	{"POST /ogc/collections/{collection}/items", patrol.Leader, InPath, (*server).createItem},
	{"GET /ogc/collections/{collection}/items/{id}", patrol.Viewer, InPath, (*server).serveItem},
	{"PUT /ogc/collections/{collection}/items/{id}", patrol.Leader, InPath, (*server).replaceItem},
	{"PATCH /ogc/collections/{collection}/items/{id}", patrol.Leader, InPath, (*server).updateItem},
	{"DELETE /ogc/collections/{collection}/items/{id}", patrol.Leader, InPath, (*server).deleteItem},
	{"GET /ogc/collections/{collection}/items/{id}/versions", patrol.Viewer, InPath, (*server).serveVersions},
	{"GET /ogc/collections/{collection}/items/{id}/original", patrol.Viewer, InPath, (*server).serveOriginal},

	{"POST /api/imports", patrol.Planner, "", (*server).beginImport},
	{"GET /api/imports/{id}", patrol.Planner, "", (*server).serveImport},
	{"GET /api/export/{file}", patrol.Viewer, "", (*server).serveExport},
	{"GET /tiles/{collection}/{z}/{x}/{y}", patrol.Viewer, InPath, (*server).serveTile},

	{"POST /ingest/", Nobody, "", (*server).serveIngest},
	{"GET /live", patrol.Viewer, "", (*server).serveLive},
}

// check finds a door that does not say who may pass it.
func (d Door) check() error {
	if d.Least != Nobody && d.Least != Anyone && !d.Least.Includes(patrol.Viewer) {
		return fmt.Errorf("door %q asks for no role that there is", d.Pattern)
	}
	if strings.Contains(d.Pattern, InPath) != (d.Of == InPath) {
		return fmt.Errorf("door %q names a collection, and does not say so", d.Pattern)
	}
	return nil
}

func (s *server) serveIngest(w http.ResponseWriter, r *http.Request) error {
	return s.Ingest(w, r)
}
