// An API that answers signed-in people alone. @clerk/express checks their session tokens with the keys of the instance
// that CLERK_API_URL leads to.

import { clerkClient, clerkMiddleware, getAuth, verifyToken } from "@clerk/express";
import express from "express";

const app = express();
app.use(clerkMiddleware());

app.get("/api/me", async (request, response) => {
  const { userId } = getAuth(request);
  if (!userId) return response.status(401).json({ error: "Sign in first." });
  const user = await clerkClient.users.getUser(userId);
  return response.json({ userId, emailAddress: user.primaryEmailAddress?.emailAddress });
});

// Tokens of the JWT template "report", which says so in `aud`; session tokens open nothing here.
app.get("/api/report", async (request, response) => {
  const token = request.get("authorization")?.replace(/^Bearer /, "") ?? "";
  const { CLERK_SECRET_KEY: secretKey, CLERK_API_URL: apiUrl } = process.env;
  const claims = await verifyToken(token, { secretKey, apiUrl, audience: "report" }).catch(() => undefined);
  // Without `aud` nothing is compared, and no template may write `sid`.
  if (claims?.aud !== "report" || claims.sid) return response.status(401).json({ error: "Sign in first." });
  return response.json({ userId: claims.sub, role: claims.role });
});

const server = app.listen(Number(process.env.PORT ?? 3001), "127.0.0.1", () => {
  console.log(`The API listens at http://127.0.0.1:${server.address().port}`);
});
