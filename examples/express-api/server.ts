// An API that answers signed-in people alone. @clerk/express checks their session tokens with the keys of the instance
// that CLERK_API_URL leads to. AUTHORIZED_PARTIES may say whose pages it is for.

import type { AddressInfo } from "node:net";
import { clerkClient, clerkMiddleware, getAuth, verifyToken } from "@clerk/express";
import express, { type Request, type Response } from "express";

const secretKey = variable("CLERK_SECRET_KEY");
const apiUrl = variable("CLERK_API_URL");
// Origins of pages. Where none is given, tokens of any page are taken.
const authorizedParties = (process.env.AUTHORIZED_PARTIES ?? "").split(",").map((it) => it.trim()).filter(Boolean);

const app = express();
app.use(clerkMiddleware({ authorizedParties }));

app.get("/api/me", async (request, response) => {
  const { userId } = getAuth(request);
  if (!userId) return refuse(response);
  const user = await clerkClient.users.getUser(userId);
  response.json({ userId, emailAddress: user.primaryEmailAddress?.emailAddress });
});

// Tokens of the JWT template "report", which says so in `aud`; session tokens open nothing here.
app.get("/api/report", async (request, response) => {
  const wanted = { secretKey, apiUrl, audience: "report", authorizedParties };
  const claims = await verifyToken(bearer(request), wanted).catch(() => undefined);
  // Without `aud` nothing is compared, and no template may write `sid`.
  if (claims?.aud !== "report" || claims.sid) return refuse(response);
  response.json({ userId: claims.sub, role: claims.role });
});

const server = app.listen(Number(process.env.PORT ?? 3001), "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  console.log(`The API listens at http://127.0.0.1:${port}`);
});

function bearer(request: Request): string {
  return request.get("authorization")?.replace(/^Bearer /, "") ?? "";
}

function refuse(response: Response): void {
  response.status(401).json({ error: "Sign in first." });
}

function variable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is missing: it is one of the lines that frontdesk-server dev writes.`);
  return value;
}
