import { useMemo } from "react";
import { encode } from "uqr";

/** How many modules stay empty around the code (ISO/IEC 18004 wants four). */
const QUIET = 4;

/** A text for a camera, drawn here: nobody is asked for a picture of it. Dark on light whatever the theme is. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { size, path } = useMemo(() => {
    const { data, size } = encode(text, { ecc: "M", border: QUIET });
    const path = data
      .flatMap((line, y) => line.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])))
      .join("");
    return { size, path };
  }, [text]);
  return (
    <svg className="qr" role="img" aria-label={label} viewBox={`0 0 ${size} ${size}`} shapeRendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
