// Renders the OpenAPI document that the server serves.
import { make } from "/elements.js";

const main = document.getElementById("main");

const json = (value) => make("pre", { class: "prompt", tabindex: "0" }, JSON.stringify(value, null, 1));

/** A schema in words, when it is short enough for them. */
function words(schema) {
  const kind = schema.$ref ? schema.$ref.split("/").at(-1) : [schema.type ?? "any"].flat().join(" or ");
  const limits = ["minimum", "maximum", "minLength", "maxLength", "x-maxBytes", "minItems", "maxItems", "pattern", "format"]
    .filter((name) => schema[name] !== undefined).map((name) => `${name} ${schema[name]}`);
  return [kind + (schema.items ? ` of ${words(schema.items)}` : ""), ...limits].join(", ");
}

/** The members of an object, each on a line. */
function members(schema) {
  if (!schema?.properties) return json(schema);
  return make("table", {}, make("tbody", {}, ...Object.entries(schema.properties).map(([name, one]) => make("tr", {},
    make("th", { scope: "row" }, make("code", {}, name), schema.required?.includes(name) ? "" : " (optional)"),
    make("td", {}, one.description ?? ""),
    make("td", { class: "quiet" }, words(one), one.items?.properties || one.properties ? members(one.items ?? one) : null)))));
}

/** What a body or an answer may be. */
const content = (title, document_) => document_ && make("details", {}, make("summary", {}, title),
  ...Object.entries(document_).flatMap(([type, { schema }]) => [make("p", {}, make("code", {}, type)),
    schema.$ref ? make("p", {}, make("a", { href: `#${schema.$ref.split("/").at(-1)}` }, schema.$ref.split("/").at(-1))) : members(schema)]));

function parameters(list) {
  if (!list) return null;
  return make("table", {}, make("tbody", {}, ...list.map((one) => make("tr", {},
    make("th", { scope: "row" }, make("code", {}, one.name)),
    make("td", {}, `${one.in}${one.required ? ", required" : ""}: ${one.description}`),
    make("td", { class: "quiet" }, words(one.schema))))));
}

function operation(method, path, one) {
  const statuses = Object.keys(one.responses);
  const good = statuses.find((status) => status.startsWith("2"));
  return make("section", { class: "card", id: one.operationId },
    make("h3", {}, make("code", {}, `${method.toUpperCase()} ${path}`)),
    make("p", {}, one.summary),
    make("p", { class: "quiet" }, one.description),
    parameters(one.parameters),
    content("Body", one.requestBody?.content),
    content(`Answer ${good}`, one.responses[good]?.content),
    make("p", { class: "quiet" }, "Problems: ", statuses.filter((status) => status !== good).join(", ")));
}

try {
  const document_ = await (await fetch("/v1/openapi.json")).json();
  main.replaceChildren(make("p", {}, document_.info.description), make("h2", {}, "Routes"),
    ...Object.entries(document_.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, one]) => operation(method, path, one))),
    make("h2", {}, "Documents"),
    ...Object.entries(document_.components.schemas).map(([name, schema]) => make("section", { class: "card", id: name },
      make("h3", {}, name), make("p", {}, schema.description ?? ""), members(schema))));
} catch {
  document.getElementById("status").textContent = "The document cannot be read; is the server there?";
}
