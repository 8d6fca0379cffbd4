package ingest

import (
	"bytes"
	"encoding/xml"
	"math"
	"strings"
	"time"
)

// xmpNames are the properties of DJI's XMP that are read here.
var xmpNames = map[string]bool{
	"GpsLatitude": true, "GpsLongitude": true, "GpsLongtitude": true, "AbsoluteAltitude": true,
	"RelativeAltitude": true, "GimbalYawDegree": true, "GimbalPitchDegree": true, "GimbalRollDegree": true,
	"FlightYawDegree": true, "CalibratedFocalLength": true, "UTCAtExposure": true,
}

// readXMP reads the properties in xmpNames, written as attributes or as elements. What
// is broken ends it: what came before counts.
func readXMP(packet []byte) map[string]string {
	out := map[string]string{}
	keep := func(name, value string) {
		if xmpNames[name] && out[name] == "" && len(value) <= maxExifText {
			out[name] = strings.TrimSpace(value)
		}
	}
	d := xml.NewDecoder(bytes.NewReader(packet))
	var element string
	for {
		token, err := d.Token()
		if err != nil {
			return out
		}
		switch token := token.(type) {
		case xml.StartElement:
			element = token.Name.Local
			for _, a := range token.Attr {
				keep(a.Name.Local, a.Value)
			}
		case xml.CharData:
			keep(element, string(token))
		case xml.EndElement:
			element = ""
		}
	}
}

// xmpNumber returns a property as a number; NaN when it is none.
func xmpNumber(xmp map[string]string, name string) float64 {
	v := number(strings.TrimPrefix(xmp[name], "+"))
	if math.IsInf(v, 0) {
		return math.NaN()
	}
	return v
}

// photo makes of the headers what they say of the image.
func (t jpegTags) photo(zone *time.Location) (Photo, error) {
	lon, lat, ok := t.place()
	if !ok {
		return Photo{}, errNoPlace
	}
	taken, err := t.time(zone)
	if err != nil {
		return Photo{}, err
	}
	p := newPhoto(newFix(taken, lon, lat))
	p.TakeoffM = xmpNumber(t.xmp, "RelativeAltitude")
	p.Fix.AltitudeM = aboveSea(t.altitude())
	p.Camera = t.camera()
	p.turned(xmpNumber(t.xmp, "GimbalYawDegree"), xmpNumber(t.xmp, "GimbalPitchDegree"),
		xmpNumber(t.xmp, "GimbalRollDegree"), xmpNumber(t.xmp, "FlightYawDegree"))
	return p, nil
}

// place is what DJI writes with its sign, else what Exif writes with a hemisphere.
func (t jpegTags) place() (lon, lat float64, ok bool) {
	lon, lat = xmpNumber(t.xmp, "GpsLongitude"), xmpNumber(t.xmp, "GpsLatitude")
	if math.IsNaN(lon) {
		lon = xmpNumber(t.xmp, "GpsLongtitude") // older firmware misspells it
	}
	if math.IsNaN(lon) || math.IsNaN(lat) || lon == 0 && lat == 0 {
		var okLon, okLat bool
		lon, okLon = t.exif.sixty(tagLon)
		lat, okLat = t.exif.sixty(tagLat)
		if !okLon || !okLat {
			return 0, 0, false
		}
		if t.exif.text(tagLonRef) == "W" {
			lon = -lon
		}
		if t.exif.text(tagLatRef) == "S" {
			lat = -lat
		}
	}
	return lon, lat, math.Abs(lon) <= 180 && math.Abs(lat) <= 90 && (lon != 0 || lat != 0)
}

// altitude above sea level, metres; NaN when it is not known.
func (t jpegTags) altitude() float64 {
	if m := xmpNumber(t.xmp, "AbsoluteAltitude"); !math.IsNaN(m) {
		return m
	}
	m := t.exif.number(tagAlt)
	if t.exif.number(tagAltRef) == 1 { // below
		return -m
	}
	return m
}

// time is the exposure's in UTC, else DateTimeOriginal, else that of the position.
func (t jpegTags) time(zone *time.Location) (time.Time, error) {
	const exif = "2006:01:02 15:04:05"
	if taken, err := time.Parse(exif, t.xmp["UTCAtExposure"]); err == nil {
		return taken, nil
	}
	if text := t.exif.text(tagTaken); text != "" {
		if fraction := t.exif.text(tagTakenSubsec); fraction != "" {
			text += "." + fraction
		}
		return readExifTime(text+t.exif.text(tagTakenZone), zone)
	}
	hours, ok := t.exif.sixty(tagGPSTime)
	day, err := time.Parse("2006:01:02", t.exif.text(tagGPSDate))
	if !ok || err != nil || !(hours >= 0 && hours < 24) {
		return time.Time{}, errNoTime
	}
	return day.Add(time.Duration(hours * float64(time.Hour))).Round(time.Millisecond), nil
}
