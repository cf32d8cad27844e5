import type { ReactNode } from "react";

/** Line icons on a 20-unit grid; always beside words or inside something that has a name. */
function Icon({ children }: { children: ReactNode }) {
  return (
    <svg
      className="icon"
      viewBox="0 0 20 20"
      width="20"
      height="20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  );
}

export const PlusIcon = () => (
  <Icon>
    <path d="M10 4v12M4 10h12" />
  </Icon>
);

export const SearchIcon = () => (
  <Icon>
    <circle cx="9" cy="9" r="5" />
    <path d="m13 13 4 4" />
  </Icon>
);

export const BackIcon = () => (
  <Icon>
    <path d="M16 10H4.5M9.5 5l-5 5 5 5" />
  </Icon>
);

export const TrayIcon = () => (
  <Icon>
    <path d="M3 11.5 5 4.8A1.5 1.5 0 0 1 6.4 3.7h7.2A1.5 1.5 0 0 1 15 4.8l2 6.7v3.3a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 3 14.800z" />
    <path d="M3 11.500h4l1 2h4l1-2h4" />
  </Icon>
);

export const SlidersIcon = () => (
  <Icon>
    <path d="M3 6h7M14 6h3M3 14h3M10 14h7" />
    <circle cx="12" cy="6" r="2" />
    <circle cx="8" cy="14" r="2" />
  </Icon>
);

export const EyeIcon = () => (
  <Icon>
    <path d="M2.5 10S5.2 4.8 10 4.8 17.5 10 17.5 10 14.8 15.2 10 15.2 2.5 10 2.5 10z" />
    <circle cx="10" cy="10" r="2.3" />
  </Icon>
);

export const EyeOffIcon = () => (
  <Icon>
    <path d="M8 5a7.3 7.3 0 0 1 2-.2c4.8 0 7.5 5.2 7.5 5.200a13 13 0 0 1-2 2.700M5.2 6.300A12.5 12.5 0 0 0 2.5 10s2.7 5.2 7.5 5.200a7.5 7.5 0 0 0 3.6-.9M3.5 3.500l13 13" />
  </Icon>
);

export const WarningIcon = () => (
  <Icon>
    <path d="M10 3.2 17.6 16.300H2.400z" />
    <path d="M10 8.200v3.600M10 14v.1" />
  </Icon>
);

export const InfoIcon = () => (
  <Icon>
    <circle cx="10" cy="10" r="7" />
    <path d="M10 9.300v4M10 6.600v.1" />
  </Icon>
);

export const CheckIcon = () => (
  <Icon>
    <path d="m4.5 10.5 3.6 3.6 7.4-8" />
  </Icon>
);

export const CopyIcon = () => (
  <Icon>
    <rect x="7" y="7" width="9.5" height="9.5" rx="2" />
    <path d="M13 7V5.200A1.7 1.7 0 0 0 11.3 3.500H5.200A1.7 1.7 0 0 0 3.5 5.200v6.100A1.7 1.7 0 0 0 5.2 13H7" />
  </Icon>
);

export const ChevronIcon = () => (
  <Icon>
    <path d="m7.5 5 5 5-5 5" />
  </Icon>
);

export const ChevronDownIcon = () => (
  <Icon>
    <path d="m5 7.5 5 5 5-5" />
  </Icon>
);

export const ComputerIcon = () => (
  <Icon>
    <rect x="3" y="4" width="14" height="9.5" rx="1.5" />
    <path d="M7 16.500h6M10 13.500v3" />
  </Icon>
);

/** A person and their key. */
export const PasskeyIcon = () => (
  <Icon>
    <circle cx="7.5" cy="6.2" r="2.9" />
    <path d="M2.500 16.300v-.8a5 5 0 0 1 7.300-4.400" />
    <circle cx="14.3" cy="9.8" r="2.5" />
    <path d="M14.300 12.300v4.900M14.300 15h1.900" />
  </Icon>
);

/** The mark: a desk bell whose knob is the bow of a key. One solid shape, in the colour of its surroundings. */
export function Mark({ size = 40 }: { size?: number }) {
  return (
    <svg
      className="mark"
      viewBox="0 0 512 512"
      width={size}
      height={size}
      aria-hidden="true"
      focusable="false"
    >
      <rect className="mark-ground" width="512" height="512" rx="116" />
      <path
        className="mark-shape"
        fillRule="evenodd"
        d="M256 82a64 64 0 0 0-22 124.100V228a140 140 0 0 0-118 124H104a24 24 0 0 0-24 24v20a24 24 0 0 0 24 24h304a24 24 0 0 0 24-24v-20a24 24 0 0 0-24-24h-12A140 140 0 0 0 278 228v-21.900A64 64 0 0 0 256 82zm0 38a26 26 0 1 1 0 52 26 26 0 0 1 0-52z"
      />
    </svg>
  );
}
