const { exec, execSync, spawn } = require("child_process");

execSync("curl https://api.openai.com/v1/models -H 'Authorization: Bearer $OPENAI_API_KEY'"); // expect: KL203
execSync('curl https://api.openai.com/v1/models -H "Authorization: $OPENAI_API_KEY"'); // expect: KL301
exec(`curl https://api.openai.com/v1/models -H 'Authorization: Bearer ' -d '${JSON.stringify(body)}'`); // expect: KL303
spawn("curl", ["https://api.openai.com/v1/models", "-H", "Authorization: Bearer $OPENAI_API_KEY"]); // expect: KL203

exec(`curl https://api.openai.com/v1/models -H 'Authorization: Bearer ${process.env.OPENAI_API_KEY}'`);
execSync('curl https://api.openai.com/v1/models -H "Authorization: Bearer $OPENAI_API_KEY"');
spawn("curl", ["https://api.openai.com/v1/models", "-H", `Authorization: Bearer ${process.env.OPENAI_API_KEY}`]);
const shown = "curl https://api.openai.com/v1/models -H 'Authorization: Bearer $OPENAI_API_KEY'";
