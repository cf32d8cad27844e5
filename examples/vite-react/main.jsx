import { ClerkProvider, Show, SignIn, SignUp, UserButton, UserProfile, useAuth, useUser } from "@clerk/react";
import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";

const env = import.meta.env;

/** Who is signed in, what the API says of them, and their profile. */
function Account() {
  const { user } = useUser();
  const { getToken } = useAuth();
  const [answer, setAnswer] = useState("");
  const ask = async () => {
    const response = await fetch("/api/me", { headers: { authorization: `Bearer ${await getToken()}` } });
    setAnswer(await response.text());
  };
  return (
    <main>
      <h1>Hello, {user.primaryEmailAddress.emailAddress}</h1>
      <UserButton />
      <p>
        <button onClick={ask}>Ask the API who I am</button> <output>{answer}</output>
      </p>
      <UserProfile routing="hash" />
    </main>
  );
}

/** The two ways in. */
function Entrance() {
  return location.pathname === "/sign-up" ? (
    <SignUp routing="hash" signInUrl="/" />
  ) : (
    <SignIn routing="hash" signUpUrl="/sign-up" />
  );
}

// The proxy URL leads to the instance on this computer, and the SDK's own scripts come from there as well.
createRoot(document.getElementById("root")).render(
  <StrictMode>
    <ClerkProvider
      publishableKey={env.VITE_CLERK_PUBLISHABLE_KEY}
      proxyUrl={env.VITE_CLERK_PROXY_URL}
      __internal_clerkJSUrl={env.VITE_CLERK_JS_URL}
      __internal_clerkUIUrl={env.VITE_CLERK_UI_URL}
      telemetry={false}
      afterSignOutUrl="/"
    >
      <Show when="signed-in">
        <Account />
      </Show>
      <Show when="signed-out">
        <Entrance />
      </Show>
    </ClerkProvider>
  </StrictMode>,
);
