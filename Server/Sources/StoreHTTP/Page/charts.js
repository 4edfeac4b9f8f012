// How the taste moved, and where its codes stand among the pictures, with the pictures themselves.
import { ask, me, ofCode, ofProfile } from "/api.js";
import { button, image, make, picture } from "/elements.js";

/** Draws both charts; gives what to do when the page is left. */
export async function charts(place, known) {
  const addresses = [];
  const region = (name, ...children) =>
    make("div", { class: "picture", tabindex: "0", role: "region", "aria-label": name }, ...children);

  async function chart(name, file, decorate) {
    const blob = await ask("GET", ofProfile(file));
    const address = URL.createObjectURL(blob);
    addresses.push(address);
    const frame = make("div", { class: "frame" }, make("img", { src: address, alt: `${name} of ${me.user}` }));
    place.append(make("h3", {}, name), region(name, frame));
    await decorate(frame, await blob.text());
  }

  await chart("How your taste moved", "timeline.svg", async () => {
    // Oldest first, as the chart goes; what each code liked most says more than a curve.
    const strip = make("ol", { class: "strip", "aria-label": "What your codes liked most, oldest first" });
    place.append(region("What your codes liked most", strip));
    for (const entry of known.slice(0, 12).reverse()) {
      const found = await ask("GET", ofCode(entry.code, "pictures?images=3"));
      strip.append(make("li", {},
        make("span", {}, make("code", {}, entry.code)),
        ...found.most.map((one) => image(one.id, one.id)),
        make("time", { datetime: entry.recordedAt }, new Date(entry.recordedAt).toLocaleDateString())));
    }
  });
  await chart("Your codes among the pictures", "map.svg", async (frame, text) => {
    const thumbnails = make("div", { class: "thumbnails", "aria-hidden": "true" });
    for (const one of spread(points(text))) {
      const thumbnail = image(one.id, "");
      thumbnail.style.left = `${100 * one.x}%`;
      thumbnail.style.top = `${100 * one.y}%`;
      thumbnails.append(thumbnail);
    }
    if (!picture("")) return;
    frame.append(thumbnails);
    const toggle = button("Hide the pictures", () => {
      thumbnails.hidden = !thumbnails.hidden;
      toggle.textContent = thumbnails.hidden ? "Show the pictures" : "Hide the pictures";
    });
    place.append(make("div", { class: "row" }, toggle));
  });
  return () => addresses.forEach((address) => URL.revokeObjectURL(address));
}

/** Where the map has its images, as parts of its width and height. */
function points(text) {
  // Its style is not wanted here, and the page's policy would complain of it.
  const bare = text.replace(/<style[\s\S]*?<\/style>/g, "");
  const svg = new DOMParser().parseFromString(bare, "image/svg+xml").documentElement;
  const [, , width, height] = (svg.getAttribute("viewBox") ?? "").split(/[\s,]+/).map(Number);
  if (!(width > 0 && height > 0)) return [];
  return [...svg.querySelectorAll(".tc-images circle")].map((circle) => ({
    id: circle.querySelector("title")?.textContent ?? "",
    x: Number(circle.getAttribute("cx")) / width, y: Number(circle.getAttribute("cy")) / height,
  })).filter((one) => one.id);
}

/** So many of them that the pictures do not hide each other. */
function spread(all) {
  const taken = [];
  for (const one of all) {
    if (taken.every((other) => Math.hypot(one.x - other.x, one.y - other.y) > 0.06)) taken.push(one);
  }
  return taken;
}
