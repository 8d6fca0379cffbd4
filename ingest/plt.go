package ingest

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"xunfang/patrol"
)

const (
	pltHead      = "Geolife trajectory"
	pltHeadLines = 6
	pltNoFeet    = "-777" // stands for an altitude that was not recorded
	metresAFoot  = 0.3048
)

// ReadPLT reads a trajectory of the GeoLife data set: six lines of head, then
// latitude, longitude, 0, altitude in feet, days since 1899-12-30, date, time (GMT).
func ReadPLT(r io.Reader, take func(patrol.Fix) error) (Refused, error) {
	lines := bufio.NewScanner(r)
	refused := Refused{}
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if n == 1 && !strings.HasPrefix(line, pltHead) {
			return refused, fmt.Errorf("the first line is not %q", pltHead)
		}
		if n <= pltHeadLines || line == "" {
			continue
		}
		fix, err := pltFix(strings.Split(line, ","))
		if err != nil {
			refused[err.Error()]++
			continue
		}
		if err := take(fix); err != nil {
			return refused, err
		}
	}
	if err := lines.Err(); err != nil {
		return refused, fmt.Errorf("read a line: %w", err)
	}
	return refused, nil
}

func pltFix(fields []string) (patrol.Fix, error) {
	if len(fields) < 7 {
		return patrol.Fix{}, errNoPlace
	}
	lon, lat, err := readPlace(fields[1], fields[0])
	if err != nil {
		return patrol.Fix{}, err
	}
	t, err := readTime(fields[5] + "T" + fields[6])
	if err != nil {
		return patrol.Fix{}, err
	}
	fix := newFix(t, lon, lat)
	if feet := readFigure(fields[3]); feet != patrol.Unknown && strings.TrimSpace(fields[3]) != pltNoFeet {
		fix.AltitudeM = feet * metresAFoot
	}
	return fix, nil
}
