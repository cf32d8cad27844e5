import "./passkeys.css";

/** A security key, on its way in or with a finger on it. Beside words that say the same. */
export function KeyPicture({ doing }: { doing: "plug-in" | "touch" }) {
  return (
    <svg className="key-picture" viewBox="0 0 200 96" width="200" height="96" aria-hidden="true" focusable="false">
      {doing === "plug-in" ? (
        <>
          <path className="key-picture-quiet" d="M36 20H16a6 6 0 0 0-6 6v44a6 6 0 0 0 6 6h20z" />
          <path className="key-picture-quiet" d="M36 38H26v20h10" />
          <path className="key-picture-accent" d="M66 48H46m7-7-7 7 7 7" />
          <Key x={80} />
        </>
      ) : (
        <>
          <Key x={44} />
          <path className="key-picture-accent" d="M126 20v-9M109 22l-5-7M143 22l5-7" />
          <path
            className="key-picture-finger"
            d="M121 92V53a5.500 5.500 0 0 1 11 0v16l13 3a8 8 0 0 1 6 9l-1.500 11"
          />
        </>
      )}
    </svg>
  );
}

function Key({ x }: { x: number }) {
  return (
    <g transform={`translate(${x} 0)`}>
      <path className="key-picture-line" d="M28 37H4v22h24" />
      <path className="key-picture-line" d="M11 44h5M11 52h5" />
      <rect className="key-picture-line" x="28" y="28" width="82" height="40" rx="10" />
      <circle className="key-picture-disc" cx="82" cy="48" r="11" />
    </g>
  );
}
