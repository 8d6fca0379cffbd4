/** metresPerDegree is of a great circle on a sphere of 6,371 km. */
export const metresPerDegree = 111_195;

/** metresApart is the distance of two places, good to 0.5 % over a few kilometres. */
export function metresApart(a: { lon: number; lat: number }, b: { lon: number; lat: number }): number {
  const middle = (((a.lat + b.lat) / 2) * Math.PI) / 180;
  const turned = ((b.lon - a.lon + 540) % 360) - 180;
  return Math.hypot(turned * Math.cos(middle), b.lat - a.lat) * metresPerDegree;
}
