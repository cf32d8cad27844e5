import { useEffect, useRef } from "react";

import "./surfaces.css";

/** A square picture, unpacked: red, green, blue and opacity of each pixel, line by line. */
export interface Pixels {
  side: number;
  bytes: Uint8ClampedArray<ArrayBuffer>;
}

/** The first letters of a name or address, as people see them: whole characters, never half of one. */
export function initialsOf(name: string): string {
  const words = name
    .replace(/@.*$/, "")
    .split(/[\s._-]+/)
    .filter(Boolean);
  const first = letterOf(words[0]);
  const last = words.length > 1 ? letterOf(words.at(-1)) : "";
  return (first + last).toLocaleUpperCase();
}

function letterOf(word: string | undefined): string {
  if (!word) return "";
  const [segment] = new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(word);
  return segment?.segment ?? "";
}

/**
 * A picture of an account, or the first letters of its name where there is none; the name stands beside it, so that it
 * says nothing itself.
 */
export function Avatar({
  name,
  large = false,
  pixels = null,
}: {
  name: string;
  large?: boolean;
  pixels?: Pixels | null;
}) {
  return (
    <span
      className={`avatar${large ? " avatar-large" : ""}`}
      data-initials={initialsOf(name)}
      aria-hidden="true"
    >
      {pixels && <Drawn pixels={pixels} />}
    </span>
  );
}

/** Pixels on a canvas: an address for them would have to be one that the page may load from. */
function Drawn({ pixels }: { pixels: Pixels }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    canvas.current?.getContext("2d")?.putImageData(new ImageData(pixels.bytes, pixels.side), 0, 0);
  }, [pixels]);
  return <canvas ref={canvas} className="avatar-picture" width={pixels.side} height={pixels.side} />;
}
