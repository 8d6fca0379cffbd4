package api

import "net/http"

// Door is one thing that can be asked for.
type Door struct {
	Pattern string // as http.ServeMux reads it
	Open    bool   // nobody needs to sign in
	serve   func(*server, http.ResponseWriter, *http.Request) error
}

// Doors is every door there is. What is not open needs a signed-in Principal;
// /ingest/ and /api/field are open to people because they know trackers by their own
// tokens.
var Doors = []Door{
	{"/", true, (*server).serveFile},
	{"GET /healthz", true, (*server).serveHealth},
	{"GET /readyz", true, (*server).serveReady},
	{"GET /metrics", false, (*server).serveMetrics},

	{"GET /api/about", true, (*server).serveAbout},
	{"GET /api/deployment", false, (*server).serveDeployment},
	{"POST /api/session", true, (*server).signIn},
	{"GET /api/session", false, (*server).serveSession},
	{"DELETE /api/session", false, (*server).signOut},
	{"GET /api/tokens", false, (*server).listTokens},
	{"POST /api/tokens", false, (*server).createToken},
	{"DELETE /api/tokens/{id}", false, (*server).revokeToken},
	{"PUT /api/password", false, (*server).changePassword},
	{"POST /api/trackers/{id}/token", false, (*server).renewTrackerToken},
	{"DELETE /api/trackers/{id}/token", false, (*server).revokeTrackerToken},
	{"GET /api/watches/{id}/coverage", false, (*server).serveCoverage},
	{"GET /tiles/idleness/{watch}/{z}/{x}/{y}", false, (*server).serveIdleness},
	{"POST /api/gaps/{id}/acknowledge", false, (*server).acknowledgeGap},
	{"POST /api/gaps/{id}/assign", false, (*server).assignGap},
	{"POST /api/gaps/{id}/waive", false, (*server).waiveGap},
	{"POST /api/gaps/{id}/reopen", false, (*server).reopenGap},
	{"GET /api/gaps/{id}/history", false, (*server).serveGapHistory},

	{"POST /api/field-links", false, (*server).createFieldLink},
	{"GET /api/field-links", false, (*server).listFieldLinks},
	{"DELETE /api/field-links/{id}", false, (*server).revokeFieldLink},
	{"POST /api/field-session", true, (*server).useFieldLink},
	{"GET /api/field", true, (*server).serveField},
	{"PUT /api/field/duty", true, (*server).takeDuty},
	{"GET /api/field/surroundings", true, (*server).serveSurroundings},

	{"GET /ogc", false, (*server).serveLanding},
	{"GET /ogc/{$}", false, (*server).serveLanding},
	{"GET /ogc/conformance", false, (*server).serveConformance},
	{"GET /ogc/api", false, (*server).serveOpenAPI},
	{"GET /ogc/collections", false, (*server).serveCollections},
	{"GET /ogc/collections/{collection}", false, (*server).serveCollection},
	{"GET /ogc/collections/{collection}/items", false, (*server).serveItems},
	{"POST /ogc/collections/{collection}/items", false, (*server).createItem},
	{"GET /ogc/collections/{collection}/items/{id}", false, (*server).serveItem},
	{"PUT /ogc/collections/{collection}/items/{id}", false, (*server).replaceItem},
	{"PATCH /ogc/collections/{collection}/items/{id}", false, (*server).updateItem},
	{"DELETE /ogc/collections/{collection}/items/{id}", false, (*server).deleteItem},
	{"GET /ogc/collections/{collection}/items/{id}/versions", false, (*server).serveVersions},

	{"POST /ingest/", true, (*server).serveIngest},
	{"GET /live", false, (*server).serveLive},
}

func (s *server) serveIngest(w http.ResponseWriter, r *http.Request) error {
	return s.Ingest(w, r)
}
