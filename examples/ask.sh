#!/bin/sh
# Asks which models there are.
base="${OPENAI_BASE_URL:-https://api.openai.com/v1}"
curl --fail-with-body "$base/models" -H 'Authorization: Bearer $OPENAI_API_KEY'
