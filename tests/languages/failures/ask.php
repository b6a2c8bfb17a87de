<?php
use OpenAI;
$client = OpenAI::client(getenv('OPENAI_API_KEY'));
while (true) {
  try {
    $result = $client->chat()->create(['model' => 'gpt-4o', 'messages' => $m]);
    break;
  } catch (\OpenAI\Exceptions\RateLimitException $e) {  // expect: KL702
    sleep(5);
  }
}
