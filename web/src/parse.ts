// What comes from a socket or a fetch is unknown until it has passed through here.

/** Foreign is what others sent that is not what the protocol says. */
export class Foreign extends Error {
  override name = "Foreign";
}

export type Fields = Record<string, unknown>;

/** fields returns v as an object with named fields, or throws Foreign. */
export function fields(v: unknown, what: string): Fields {
  if (typeof v !== "object" || v === null || Array.isArray(v)) throw new Foreign(`${what} is not an object`);
  return v as Fields;
}

export function list(o: Fields, key: string): unknown[] {
  const v = o[key];
  if (!Array.isArray(v)) throw new Foreign(`${key} is not a list`);
  return v;
}

export function text(o: Fields, key: string): string {
  const v = o[key];
  if (typeof v !== "string") throw new Foreign(`${key} is not a text`);
  return v;
}

/** textOr returns the text at key, or otherwise where it is absent or null. */
export function textOr<T>(o: Fields, key: string, otherwise: T): string | T {
  return o[key] === undefined || o[key] === null ? otherwise : text(o, key);
}

export function number(o: Fields, key: string): number {
  const v = o[key];
  if (typeof v !== "number" || !Number.isFinite(v)) throw new Foreign(`${key} is not a number`);
  return v;
}

export function numberOr<T>(o: Fields, key: string, otherwise: T): number | T {
  return o[key] === undefined || o[key] === null ? otherwise : number(o, key);
}

export function flag(o: Fields, key: string): boolean {
  const v = o[key];
  if (typeof v !== "boolean") throw new Foreign(`${key} is not true or false`);
  return v;
}

/** timeMs returns the RFC 3339 time at key as Unix milliseconds. */
export function timeMs(o: Fields, key: string): number {
  const ms = Date.parse(text(o, key));
  if (Number.isNaN(ms)) throw new Foreign(`${key} is not a time`);
  return ms;
}

export function timeMsOr<T>(o: Fields, key: string, otherwise: T): number | T {
  return o[key] === undefined || o[key] === null || o[key] === "" ? otherwise : timeMs(o, key);
}

export function oneOf<const T extends string>(o: Fields, key: string, allowed: readonly T[]): T {
  const v = text(o, key);
  const found = allowed.find((a) => a === v);
  if (found === undefined) throw new Foreign(`${key} is ${v}, none of ${allowed.join(", ")}`);
  return found;
}

/** position returns [lon, lat] in degrees. */
export function position(v: unknown, what: string): [number, number] {
  if (!Array.isArray(v) || !Number.isFinite(v[0]) || !Number.isFinite(v[1])) {
    throw new Foreign(`${what} is not a position`);
  }
  return [v[0] as number, v[1] as number];
}
