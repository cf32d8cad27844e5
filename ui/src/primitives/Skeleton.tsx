import "./surfaces.css";

/** Stands where content will be, at the content's size. */
export function Skeleton({ width = "100%", height }: { width?: number | string; height: number }) {
  return <span className="skeleton" style={{ width, height }} aria-hidden="true" />;
}
