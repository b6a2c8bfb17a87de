import 'dart:io';
import 'package:dart_openai/dart_openai.dart';
import 'package:http/http.dart' as http;

const leaked = '«openai.key»'; // expect: KL101
const placeholder = 'YOUR_API_KEY'; // expect: KL201
final url = Uri.parse('https://api.openai.com/v1/models');

void clients() {
  final zero = OpenAI.instance.build(token: 'YOUR_API_KEY'); // expect: KL201
  dotenv.load();
  OpenAI.apiKey = 'OPENAI_API_KEY'; // expect: KL202
  OpenAI.organization = 'Personal'; // expect: KL401
  final first = OpenAI.instance.build(token: '«openai.key»'); // expect: KL101
  final second = OpenAI.instance.build(token: Platform.environment['«openai.key»']!); // expect: KL102
  final third = OpenAI.instance.build(token: Platform.environment['OPENAI_API_KEY'] ?? '«openai.key»'); // expect: KL103
}

Future<void> headers(String apiKey) async {
  final key = Platform.environment['OPENAI_API_KEY'];
  await http.get(url, headers: {'Authorization': 'Bearer $placeholder'});
  await http.get(url, headers: {'Authorization': 'Bearer' + apiKey, 'Content-Type': 'application/json'}); // expect: KL302
  await http.get(url, headers: {'Authorization': r'Bearer $apiKey'}); // expect: KL203
  await http.get(url, headers: {'Authorization': 'Bearer {apiKey}'}); // expect: KL203
  await http.get(url, headers: {'Authorization': key!}); // expect: KL301
  await http.get(url, headers: {'Authorization': 'Bearer: $key'}); // expect: KL302
  await http.get(url, headers: {'OpenAI-Organization': '', 'Content-Type': 'application/json'}); // expect: KL403
  request.headers['Authorization'] = 'Bearer'; // expect: KL303
  print(key); // expect: KL603
  print('key set: ${key != null}');
  await http.get(url, headers: {'Authorization': 'Bearer $apiKey'});
  await http.get(url, headers: {'Authorization': 'Bearer ${key}'});
  request.headers['Authorization'] = 'Bearer ' + apiKey;
  dio.options.headers["Authorization"] = "Bearer $apiKey";
}
