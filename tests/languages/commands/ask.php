<?php
shell_exec('curl https://api.openai.com/v1/models -H "Authorization: $OPENAI_API_KEY"'); // expect: KL301
shell_exec("curl https://api.openai.com/v1/models -H 'Authorization: Bearer $key'");
shell_exec('curl https://api.openai.com/v1/models -H "Authorization: Bearer $OPENAI_API_KEY"');
