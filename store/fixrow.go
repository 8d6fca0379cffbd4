package store

import (
	"encoding/binary"
	"math"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"xunfang/patrol"
)

// fixColumns are the columns of fixes and fixes_superseded in the order in which
// appendFix writes them and readFix reads them, both in PostgreSQL's binary format.
const fixColumns = `tracker, t, received_at, lon, lat, accuracy_m, altitude_m, speed_mps, heading_deg, battery`

// postgresEpochMs is where PostgreSQL's binary times begin: 2000-01-01, Unix ms.
const postgresEpochMs = 946_684_800_000

var (
	copyHeader  = append([]byte("PGCOPY\n\xff\r\n\x00"), make([]byte, 8)...)
	copyTrailer = []byte{0xff, 0xff}
)

// appendFixes appends a whole binary COPY of fixes to b.
func appendFixes(b []byte, fixes []patrol.Fix) []byte {
	b = append(b, copyHeader...)
	for _, f := range fixes {
		b = appendFix(b, f)
	}
	return append(b, copyTrailer...)
}

func appendFix(b []byte, f patrol.Fix) []byte {
	b = binary.BigEndian.AppendUint16(b, 10) // columns
	b = binary.BigEndian.AppendUint32(b, uint32(len(f.Tracker)))
	b = append(b, f.Tracker[:]...)
	b = appendUint64(b, uint64((f.TMs-postgresEpochMs)*1000))
	b = appendUint64(b, uint64((f.ReceivedMs-postgresEpochMs)*1000))
	b = appendUint64(b, math.Float64bits(f.Lon))
	b = appendUint64(b, math.Float64bits(f.Lat))
	b = appendReal(b, f.AccuracyM, f.AccuracyM > 0)
	b = appendReal(b, f.AltitudeM, f.AltitudeM != patrol.Unknown)
	b = appendReal(b, f.SpeedMPS, f.SpeedMPS != patrol.Unknown)
	b = appendReal(b, f.HeadingDeg, f.HeadingDeg != patrol.Unknown)
	return appendReal(b, f.Battery, f.Battery != patrol.Unknown)
}

func appendUint64(b []byte, v uint64) []byte {
	b = binary.BigEndian.AppendUint32(b, 8)
	return binary.BigEndian.AppendUint64(b, v)
}

// appendReal appends a float4 column, NULL unless it is known.
func appendReal(b []byte, v float32, known bool) []byte {
	if !known {
		return binary.BigEndian.AppendUint32(b, math.MaxUint32) // length -1
	}
	b = binary.BigEndian.AppendUint32(b, 4)
	return binary.BigEndian.AppendUint32(b, math.Float32bits(v))
}

// binaryRows makes a query answer in the format that readFix reads.
var binaryRows = pgx.QueryResultFormats{pgx.BinaryFormatCode}

// collectFixes reads rows of fixColumns, asked for as binaryRows, to their end.
func collectFixes(rows pgx.Rows, err error) ([]patrol.Fix, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var fixes []patrol.Fix
	for rows.Next() {
		fixes = append(fixes, readFix(rows.RawValues()))
	}
	return fixes, rows.Err()
}

func readFix(columns [][]byte) patrol.Fix {
	return patrol.Fix{
		Tracker:    uuid.UUID(columns[0]),
		TMs:        readMs(columns[1]),
		ReceivedMs: readMs(columns[2]),
		Lon:        math.Float64frombits(binary.BigEndian.Uint64(columns[3])),
		Lat:        math.Float64frombits(binary.BigEndian.Uint64(columns[4])),
		AccuracyM:  readReal(columns[5], 0),
		AltitudeM:  readReal(columns[6], patrol.Unknown),
		SpeedMPS:   readReal(columns[7], patrol.Unknown),
		HeadingDeg: readReal(columns[8], patrol.Unknown),
		Battery:    readReal(columns[9], patrol.Unknown),
	}
}

func readMs(column []byte) int64 {
	return int64(binary.BigEndian.Uint64(column))/1000 + postgresEpochMs
}

func readReal(column []byte, unknown float32) float32 {
	if column == nil {
		return unknown
	}
	return math.Float32frombits(binary.BigEndian.Uint32(column))
}

// timeOf returns the moment ms, Unix milliseconds, as SQL parameters want it.
func timeOf(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
