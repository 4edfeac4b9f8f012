// Renders the OpenAPI document that the server serves.
import { make } from "/api.js";

const main = document.getElementById("main");

function parameters(list) {
  if (!list) return null;
  return make("table", {}, make("tbody", {}, ...list.map((one) => make("tr", {},
    make("th", { scope: "row" }, make("code", {}, one.name)),
    make("td", {}, `${one.in}${one.required ? ", required" : ""}: ${one.description}`),
    make("td", { class: "quiet" }, limits(one.schema))))));
}

const limits = (schema) => ["type", "minimum", "maximum", "minLength", "maxLength"]
  .filter((name) => schema[name] !== undefined)
  .map((name) => (name === "type" ? schema.type : `${name} ${schema[name]}`)).join(", ");

try {
  const document_ = await (await fetch("/v1/openapi.json")).json();
  main.replaceChildren(make("p", {}, document_.info.description));
  for (const [path, methods] of Object.entries(document_.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      main.append(make("section", { class: "card", id: operation.operationId },
        make("h2", {}, make("code", {}, `${method.toUpperCase()} ${path}`)),
        make("p", {}, operation.summary),
        make("p", { class: "quiet" }, operation.description),
        parameters(operation.parameters),
        operation.requestBody && make("details", {}, make("summary", {}, "Body"),
          make("pre", { class: "prompt" }, JSON.stringify(operation.requestBody.content, null, 1))),
        make("p", { class: "quiet" }, `Answers: ${Object.keys(operation.responses).join(", ")}`)));
    }
  }
} catch {
  document.getElementById("status").textContent = "The document cannot be read; is the server there?";
}
