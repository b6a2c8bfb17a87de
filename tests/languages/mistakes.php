<?php

Dotenv\Dotenv::createImmutable(__DIR__)->load();
$_ENV['ANTHROPIC_API_KEY'] = 'your-api-key'; // expect: KL201
$leaked = "«openai.key»"; // expect: KL101
$first = OpenAI::client("YOUR_API_KEY"); // expect: KL201
$second = OpenAI::client('OPENAI_API_KEY'); // expect: KL202
$third = OpenAI::client(getenv('«openai.key»')); // expect: KL102
$fourth = OpenAI::client(getenv('OPENAI_API_KEY') ?: '«openai.key»'); // expect: KL103
$fifth = OpenAI::client($_ENV['OPENAI_API_KEY'], 'Personal'); // expect: KL401
$sixth = OpenAI::factory()->withApiKey('your-api-key')->withOrganization('org_1')->make(); // expect: KL201, KL401

$key = getenv('OPENAI_API_KEY');
$ch = curl_init('https://api.openai.com/v1/models');
curl_setopt($ch, CURLOPT_HTTPHEADER, ['Authorization: Bearer' . $key]); // expect: KL302
curl_setopt($ch, CURLOPT_HTTPHEADER, ['Content-Type: application/json', 'Authorization: Bearer $key']); // expect: KL203
curl_setopt($ch, CURLOPT_HTTPHEADER, ["Authorization: $key"]); // expect: KL301
curl_setopt($ch, CURLOPT_HTTPHEADER, ["Authorization: Bearer "]); // expect: KL303
curl_setopt($ch, CURLOPT_HTTPHEADER, ["OpenAI-Organization: "]); // expect: KL403
$client->get('https://api.openai.com/v1/models', ['headers' => ['Authorization' => 'Bearer {$key}']]); // expect: KL203
Http::withToken('Bearer ' . $key)->get('https://api.openai.com/v1/models'); // expect: KL302
error_log($key); // expect: KL603
error_log('key set: ' . ($key !== false ? 'yes' : 'no'));
curl_setopt($ch, CURLOPT_HTTPHEADER, ["Authorization: Bearer $key", "Content-Type: application/json"]);
curl_setopt($ch, CURLOPT_HTTPHEADER, ['Authorization: Bearer ' . $key]);
$client->get('https://api.openai.com/v1/models', ['headers' => ['Authorization' => "Bearer {$key}"]]);
Http::withToken($key)->get('https://api.openai.com/v1/models');
