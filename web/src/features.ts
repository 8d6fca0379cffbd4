import type { Feature, FeatureCollection, MultiLineString, Position } from "geojson";
import type { Level } from "./api";
import type { Area, Checkpoint, Street, Watch, Zone } from "./feature";
import type { Format } from "./format";
import { freshness } from "./freshness";
import { collection, feature, nothing, point } from "./geojson";
import { labelPoint } from "./labelpoint";
import type { Messages } from "./messages/zh-CN";
import type { Post } from "./post";
import type { Subject } from "./selection";
import type { Tracker } from "./state";
import { stateAt } from "./zone";

// From state to what the map's layers draw: GeoJSON whose properties are exactly what
// the layers' styles read. Pure; names stand on points of their own, so that a name
// shows once and not in every map tile.

/** Named is surfaces and the points that carry their names. */
export interface Named {
  readonly surfaces: FeatureCollection;
  readonly names: FeatureCollection;
}

const areaRank = { district: 0, subdistrict: 1, community: 2, grid: 3, compound: 4, building: 5, unit: 6 };

/** areaFeatures draws every area that is no building, the larger below the smaller. */
export function areaFeatures(areas: ReadonlyMap<string, Area>): Named {
  const drawn = [...areas.values()].filter((a) => a.kind !== "building" && a.kind !== "unit");
  drawn.sort((a, b) => areaRank[a.kind] - areaRank[b.kind]);
  return {
    surfaces: collection(drawn.map((a) => feature(a.geometry, { id: a.id, kind: a.kind }))),
    names: collection(drawn.map((a) => named(a, { kind: a.kind, name: a.name, rank: areaRank[a.kind] }))),
  };
}

export function buildingFeatures(areas: ReadonlyMap<string, Area>): Named {
  const drawn = [...areas.values()].filter((a) => a.kind === "building");
  return {
    surfaces: collection(drawn.map((a) => feature(a.geometry, { id: a.id }))),
    names: collection(drawn.map((a) => named(a, { name: a.name }))),
  };
}

export function streetFeatures(streets: ReadonlyMap<string, Street>): FeatureCollection {
  return collection([...streets.values()].map((s) => feature(s.geometry, { kind: s.kind, name: s.name })));
}

/** zoneFeatures draws what is in force and, without filling, what is drafted or will
 * come. What has ended is not drawn. The stricter level lies above. */
export function zoneFeatures(
  zones: ReadonlyMap<string, Zone>,
  levels: readonly Level[],
  words: Messages,
  nowMs: number,
): Named {
  const byCode = new Map(levels.map((l) => [l.code, l]));
  const drawn = [...zones.values()].flatMap((zone) => {
    const state = stateAt(zone, nowMs);
    return state === "ended" ? [] : [{ zone, state, level: byCode.get(zone.level) }];
  });
  drawn.sort((a, b) => (a.level?.precedence ?? 0) - (b.level?.precedence ?? 0));
  return {
    surfaces: collection(
      drawn.map(({ zone, state, level }) =>
        feature(zone.geometry, {
          id: zone.id,
          level: zone.level,
          colour: level?.colour ?? "#9fb0bf",
          inForce: state === "in_force",
        }),
      ),
    ),
    names: collection(
      drawn.map(({ zone, state, level }) => {
        const said = level === undefined ? zone.level : levelName(level, words);
        const suffix = state === "in_force" ? "" : ` (${words.zoneStates[state]})`;
        return named(zone, { name: `${zone.name} · ${said}${suffix}` });
      }),
    ),
  };
}

/** levelName names a level in the page's language. */
export function levelName(level: Level, words: Messages): string {
  return words.locale.startsWith("zh") ? level.nameZh : level.nameEn;
}

/** checkpointFeatures draws checkpoints with who is there of those who must be; where
 * that is not known, or nobody must be now, with who must be. */
export function checkpointFeatures(
  checkpoints: ReadonlyMap<string, Checkpoint>,
  posts: ReadonlyMap<string, Post>,
): FeatureCollection {
  return collection(
    [...checkpoints.values()].map((c) => {
      const post = posts.get(c.id) ?? { state: "idle", present: 0, minStaff: c.minStaff };
      const staff = post.state === "idle" ? String(post.minStaff) : `${post.present}/${post.minStaff}`;
      return feature(point(c.at), { id: c.id, name: c.name, state: post.state, staff });
    }),
  );
}

/** outlineFeatures draws the outlines that perimeter watches look after. */
export function outlineFeatures(
  watches: ReadonlyMap<string, Watch>,
  areas: ReadonlyMap<string, Area>,
  zones: ReadonlyMap<string, Zone>,
): FeatureCollection {
  const drawn: Feature[] = [];
  for (const { kind, subject } of watches.values()) {
    if (kind !== "perimeter") continue;
    const [collection, id = ""] = subject.split("/");
    const watched = collection === "areas" ? areas.get(id) : zones.get(id);
    if (watched !== undefined) drawn.push(feature(watched.geometry, {}));
  }
  return collection(drawn);
}

/** trackerFeatures draws every tracker that was seen; the age is written on those that
 * are late or silent. */
export function trackerFeatures(
  trackers: ReadonlyMap<string, Tracker>,
  format: Format,
  nowMs: number,
): FeatureCollection {
  const drawn: Feature[] = [];
  for (const { id, name, kind, fix, expectedMs } of trackers.values()) {
    if (fix === null) continue;
    const ageMs = nowMs - fix.tMs;
    const fresh = freshness(ageMs, expectedMs);
    drawn.push(
      feature(point([fix.lon, fix.lat]), {
        id,
        name,
        kind,
        freshness: fresh,
        heading: fix.headingDeg ?? 0,
        turned: fix.headingDeg !== null && fresh !== "silent",
        age: fresh === "fresh" ? "" : format.age(ageMs),
      }),
    );
  }
  return collection(drawn);
}

/** trailFeatures draws what was seen live of every tracker, in the order of its fixes. */
export function trailFeatures(trackers: ReadonlyMap<string, Tracker>): FeatureCollection {
  const drawn: Feature[] = [];
  for (const { kind, trail } of trackers.values()) {
    if (trail.length < 2) continue;
    const coordinates: Position[] = trail.map((f) => [f.lon, f.lat]);
    drawn.push(feature({ type: "LineString", coordinates }, { kind }));
  }
  return collection(drawn);
}

/** trackFeatures draws the stored track of the tracker that was asked for. */
export function trackFeatures(track: MultiLineString | null): FeatureCollection {
  return track === null ? nothing : collection([feature(track, {})]);
}

/** selectedFeature draws the outline that the picked shape shares with its row. */
export function selectedFeature(subject: Subject | null): FeatureCollection {
  if (subject === null) return nothing;
  switch (subject.collection) {
    case "trackers": {
      const { fix } = subject.item;
      return fix === null ? nothing : collection([feature(point([fix.lon, fix.lat]), {})]);
    }
    case "checkpoints":
      return collection([feature(point(subject.item.at), {})]);
    default:
      return collection([feature(subject.item.geometry, {})]);
  }
}

function named(item: Area | Zone, properties: Record<string, unknown>): Feature {
  return feature(point(labelPoint(item.geometry)), { id: item.id, ...properties });
}
