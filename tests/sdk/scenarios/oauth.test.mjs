// Accounts elsewhere over the development provider, which every development instance has without set-up.

import { test } from 'node:test';
import { atDevelopmentProvider } from '../harness/elsewhere.mjs';
import { instance } from '../harness/instance.mjs';
import { journey } from '../harness/native-journey.mjs';

test('an app signs people up and in over the development provider', async (t) => {
  const known = async (token) => {
    const url = `${instance.origin}/frontdesk/provider/oauth_google/userinfo`;
    return (await fetch(url, { headers: { authorization: `Bearer ${token}` } })).json();
  };
  await journey(t, { strategy: 'oauth_google', at: atDevelopmentProvider, known });
});
