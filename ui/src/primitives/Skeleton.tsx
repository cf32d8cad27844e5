import "./surfaces.css";

/** Stands where something will be, at its final size in pixels, so that nothing jumps when it comes. */
export function Skeleton({ width, height }: { width?: number; height: number }) {
  return <svg className="skeleton" width={width ?? "100%"} height={height} aria-hidden="true" />;
}
