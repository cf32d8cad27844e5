/** Largest file that instances take, in bytes. */
export const LARGEST = 10 * 1024 * 1024;

/** What can be chosen. */
export const TYPES = ["image/png", "image/jpeg", "image/webp"];

/** Whether a file begins as a picture in PNG, JPEG or WebP does. Its name says nothing. */
export async function isPicture(file: Blob): Promise<boolean> {
  const bytes = new Uint8Array(await file.slice(0, 12).arrayBuffer());
  const letters = String.fromCharCode(...bytes);
  return (
    letters.startsWith("\x89PNG\r\n\x1a\n") ||
    letters.startsWith("\xff\xd8\xff") ||
    (letters.startsWith("RIFF") && letters.endsWith("WEBP"))
  );
}
