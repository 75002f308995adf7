// Copies what the pages load out of node_modules and writes a manifest of it: name, version, licence, SHA-256.
// The same lock file gives the same bytes; tests/test_assets.py holds the committed files to the manifest.
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { buildSync } from "esbuild";

// The oldest browser we promise to serve: the core of the browsers on many office machines.
const OLDEST_BROWSER = "chrome92";

const PAGES = {
  folder: "src/baolei/front/static/vendor",
  packages: {
    bootstrap: {
      "dist/css/bootstrap.min.css": "bootstrap.min.css",
      "dist/js/bootstrap.bundle.min.js": "bootstrap.bundle.min.js",
      LICENSE: "LICENSE",
    },
    "@popperjs/core": { "LICENSE.md": "LICENSE" },
    "htmx.org": { "dist/htmx.min.js": "htmx.min.js", LICENSE: "LICENSE" },
    echarts: { LICENSE: "LICENSE", NOTICE: "NOTICE", "licenses/LICENSE-d3": "LICENSE-d3" },
    zrender: { LICENSE: "LICENSE" },
    tslib: { "LICENSE.txt": "LICENSE" },
  },
  bundles: { "echarts/echarts.min.js": { entry: "assets/echarts.mjs", globalName: "echarts", of: "echarts" } },
};

const TESTS = {
  folder: "tests/assets/vendor",
  packages: { "axe-core": { "axe.min.js": "axe.min.js", LICENSE: "LICENSE" } },
  bundles: {},
};

function sha256(path) {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

// Source maps are not shipped, so the comment that asks for one would only make the browser knock in vain.
function copyWithoutMap(source, target) {
  mkdirSync(dirname(target), { recursive: true });
  if (!/\.(js|css)$/.test(target)) return copyFileSync(source, target);
  const text = readFileSync(source, "utf8").replace(/\n?(\/\/|\/\*)# sourceMappingURL=.*?(\*\/)?\s*$/, "\n");
  return writeFileSync(target, text);
}

function bundle({ entry, globalName }, target) {
  mkdirSync(dirname(target), { recursive: true });
  buildSync({
    entryPoints: [entry], outfile: target, bundle: true, minify: true, format: "iife", globalName,
    target: OLDEST_BROWSER, legalComments: "inline", charset: "utf8", define: { "process.env.NODE_ENV": '"production"' },
  });
}

function vendor({ folder, packages, bundles }) {
  rmSync(folder, { recursive: true, force: true });
  const manifest = {};
  for (const [name, files] of Object.entries(packages)) {
    const about = JSON.parse(readFileSync(join("node_modules", name, "package.json"), "utf8"));
    manifest[name] = { version: about.version, licence: about.license, files: {} };
    for (const [source, target] of Object.entries(files)) {
      const path = join(name, target);
      copyWithoutMap(join("node_modules", name, source), join(folder, path));
      manifest[name].files[path] = sha256(join(folder, path));
    }
  }
  for (const [path, plan] of Object.entries(bundles)) {
    bundle(plan, join(folder, path));
    manifest[plan.of].files[path] = sha256(join(folder, path));
  }
  writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n");
}

vendor(PAGES);
vendor(TESTS);
