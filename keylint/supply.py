"""How a program is given a secret without its standing in the file that starts the program, by the file's kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.lazy import regex

if TYPE_CHECKING:
    import re


def _table(*rows: tuple[str, str]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((regex(pattern), text) for pattern, text in rows)


# By path; the first that matches. {} is the variable. Each is what the tool's own manual says:
# https://render.com/docs/blueprint-spec, https://fly.io/docs/apps/secrets/, https://vercel.com/docs/cli/env,
# https://cli.netlify.com/commands/env/, https://developers.cloudflare.com/workers/wrangler/commands/,
# https://docs.gitlab.com/ci/variables/, https://docs.docker.com/compose/how-tos/environment-variables/,
# https://docs.github.com/en/actions/security-for-github-actions/security-guides/using-secrets-in-github-actions,
# https://www.serverless.com/framework/docs/guides/variables/env-vars, https://docs.spring.io/spring-boot/reference/features/external-config.html.
# Here the place has to be one that sets a variable,
_RECIPES = _table(
    (
        r"(?:^|/)[^/]*(?:Dockerfile|Containerfile)[^/]*$",
        "take it out of the image, and hand it over when the container starts: `docker run --env-file .env`",
    ),
    (
        r"(?:^|/)[^/]*compose[^/]*\.ya?ml$",
        "write `${{{0}}}` here, and its value into an .env that git ignores",
    ),
    (
        r"(?:^|/)\.github/workflows/",
        "write `${{{{ secrets.{0} }}}}` here, and put the value into the repository's secrets",
    ),
    (
        r"(?:^|/)\.gitlab-ci",
        "take it out, and set {0} as a masked CI/CD variable of the project",
    ),
)
# and here each is.
_PLATFORMS = _table(
    (
        r"(?:^|/)render\.ya?ml$",
        "write `sync: false` in place of the value, and enter it in Render's dashboard",
    ),
    (
        r"(?:^|/)fly\.toml$",
        "take it out, and run `fly secrets set {0}=…`",
    ),
    (
        r"(?:^|/)(?:vercel|now)\.json$",
        "take it out, and run `vercel env add {0}`",
    ),
    (
        r"(?:^|/)netlify\.toml$",
        "take it out, and run `netlify env:set {0} … --secret`",
    ),
    (
        r"(?:^|/)wrangler\.(?:toml|jsonc?)$",
        "take it out, and run `npx wrangler secret put {0}`",
    ),
    (
        r"(?:^|/)serverless\.ya?ml$",
        "write `${{env:{0}}}` here",
    ),
    (
        r"(?:^|/)application[^/]*\.(?:properties|ya?ml)$",
        "write `${{{0}}}` here",
    ),
)


def way(path: str, variable: str, reader: str | None) -> str:
    """What to do with the value of a variable that a file sets for a program; "" if nothing better is known than to read it.

    `reader` is who sets it, as in ``EnvDefinition``; None for a value of which it is not known what it is set to.
    """
    if reader == "kubernetes":
        return "keep it in a Secret, and write `valueFrom: secretKeyRef:` here"
    known = _PLATFORMS if reader is None else (*_RECIPES, *_PLATFORMS)
    return next((text.format(variable) for pattern, text in known if pattern.search(path)), "")
