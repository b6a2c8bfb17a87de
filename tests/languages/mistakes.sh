#!/bin/sh
source .env
export OPENAI_API_KEY = "$1" # expect: KL505
curl https://api.openai.com/v1/models -H 'Authorization: Bearer $OPENAI_API_KEY' # expect: KL203
echo "$OPENAI_API_KEY" # expect: KL603
echo "$OPENAI_API_KEY" | docker secret create openai - # expect: KL207
echo "key set: ${OPENAI_API_KEY:+yes}"
curl https://api.openai.com/v1/models -H "Authorization: Bearer $OPENAI_API_KEY"
