/**
 * Keeps the parts of `previous` that did not change, so that memoised readers of an unchanged part stay still.
 *
 * Both values are plain JSON. Returns `previous` itself when they are equal.
 */
export function share<T>(previous: T, next: T): T {
  if (Object.is(previous, next)) return previous;
  if (Array.isArray(previous) && Array.isArray(next)) {
    const merged = next.map((item: unknown, index) =>
      index < previous.length ? share(previous[index] as unknown, item) : item,
    );
    const same =
      previous.length === next.length && merged.every((item, index) => item === previous[index]);
    return same ? previous : (merged as T);
  }
  if (isRecord(previous) && isRecord(next)) {
    const merged: Record<string, unknown> = {};
    let same = Object.keys(previous).length === Object.keys(next).length;
    for (const key of Object.keys(next)) {
      merged[key] = key in previous ? share(previous[key], next[key]) : next[key];
      same &&= key in previous && merged[key] === previous[key];
    }
    return same ? previous : (merged as T);
  }
  return next;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
