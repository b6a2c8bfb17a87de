@echo off
set OPENAI_API_KEY="%KEY%"
rem expect above: KL505
set ANTHROPIC_API_KEY = %KEY%
rem expect above: KL505
set "OPENAI_API_KEY=%~1"
set OPENAI_API_KEY=%~1
setx OPENAI_API_KEY "«openai.key»"
rem expect above: KL101
curl https://api.openai.com/v1/models -H "Authorization: Bearer $OPENAI_API_KEY"
rem expect above: KL203
curl https://api.openai.com/v1/models -H "Authorization: Bearer %OPENAI_API_KEY%"
curl https://api.openai.com/v1/models ^
  -H "Authorization: Bearer%OPENAI_API_KEY%"
rem expect above: KL302
