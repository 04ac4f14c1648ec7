// Gets an address of the shop, after waiting in line where there is one:  node wait.mjs https://shop.example/api/products
// Without cookies: it keeps the tokens itself. In a browser, of a page on another host, see cors_origins.

export async function get(url, tell = () => {}) {
  const tokens = {};
  for (;;) {
    const answer = await fetch(url, { headers: { accept: "application/problem+json", ...tokens } });
    for (const name of ["waitroom-ticket", "waitroom-pass"]) {
      if (answer.headers.has(name)) tokens[name] = answer.headers.get(name);
    }
    // only the gateway's own answers name the room
    if (!answer.headers.has("waitroom-room")) return answer;
    const state = await answer.json();
    if (!("position" in state)) throw new Error(state.detail); // a challenge, say
    tell(state);
    await new Promise((resolve) => setTimeout(resolve, state.refresh_after * 1000));
  }
}

if (globalThis.process?.argv[2]) {
  const tell = ({ position, eta_range }) => console.error(`in line: place ${position}, ${eta_range} seconds`);
  console.log(await (await get(process.argv[2], tell)).text());
}
