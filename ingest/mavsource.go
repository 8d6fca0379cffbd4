package ingest

import (
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"xunfang/geo"
)

// MAVLinkSource is a port on which drones are heard, and which they are: the allow-list.
type MAVLinkSource struct {
	Network string // udp or tcp
	Addr    string // host:port; no host: all
	Drones  map[byte]MAVLinkDrone
}

// MAVLinkDrone is who a MAVLink system is.
type MAVLinkDrone struct {
	Tracker uuid.UUID
	Camera  geo.Camera // for images whose sender does not tell; zero: unknown
}

// maxMAVLinkSources bounds what one server listens on.
const maxMAVLinkSources = 64

// ParseMAVLinkSources reads udp:HOST:PORT/SYSTEM=TRACKER[@CAMERA], separated by commas or
// spaces: on that port the MAVLink system of that number (1 to 255) is that tracker, by
// its id, whose camera is of a model that geo.CameraOf knows. Entries of one port add up.
func ParseMAVLinkSources(text string) (sources []MAVLinkSource, err error) {
	at := map[string]int{}
	for _, entry := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		network, addr, system, drone, err := parseMAVLinkEntry(entry)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", entry, err)
		}
		i, ok := at[network+addr]
		if !ok {
			i = len(sources)
			at[network+addr] = i
			sources = append(sources, MAVLinkSource{Network: network, Addr: addr, Drones: map[byte]MAVLinkDrone{}})
		}
		if _, twice := sources[i].Drones[system]; twice {
			return nil, fmt.Errorf("%q: system %d of this port is named twice", entry, system)
		}
		sources[i].Drones[system] = drone
	}
	if len(sources) > maxMAVLinkSources {
		return nil, fmt.Errorf("%d ports are more than %d", len(sources), maxMAVLinkSources)
	}
	return sources, nil
}

func parseMAVLinkEntry(entry string) (network, addr string, system byte, drone MAVLinkDrone, err error) {
	where, who, ok := strings.Cut(entry, "/")
	number, id, ok2 := strings.Cut(who, "=")
	if !ok || !ok2 {
		return "", "", 0, drone, fmt.Errorf("not of the form udp:HOST:PORT/SYSTEM=TRACKER")
	}
	network, addr, _ = strings.Cut(where, ":")
	if network != "udp" && network != "tcp" {
		return "", "", 0, drone, fmt.Errorf("neither udp nor tcp")
	}
	if _, port, err := net.SplitHostPort(addr); err != nil || port == "" {
		return "", "", 0, drone, fmt.Errorf("has no HOST:PORT")
	}
	n, err := strconv.ParseUint(number, 10, 8)
	if err != nil || n == 0 {
		return "", "", 0, drone, fmt.Errorf("a MAVLink system is a number from 1 to 255")
	}
	id, model, hasModel := strings.Cut(id, "@")
	if drone.Tracker, err = uuid.Parse(id); err != nil {
		return "", "", 0, drone, fmt.Errorf("names no tracker by its id")
	}
	if hasModel {
		if drone.Camera, ok = geo.CameraOf(model); !ok {
			return "", "", 0, drone, fmt.Errorf("names no camera that is known: %s", strings.Join(geo.CameraModels(), ", "))
		}
	}
	return network, addr, byte(n), drone, nil
}
