// Node.js before 24 knows no HTTPS_PROXY: connections to anything but this machine lead to the fakes' port, name and
// certificate check unchanged.
const tls = require("node:tls");

const connect = tls.connect;
tls.connect = function (options, ...rest) {
  if (options && typeof options === "object" && options.host && options.host !== "127.0.0.1") {
    const { socket, path, ...kept } = options;
    const servername = options.servername || options.host;
    return connect.call(this, { ...kept, host: "127.0.0.1", port: Number(process.env.FAKE_API_PORT), servername }, ...rest);
  }
  return connect.call(this, options, ...rest);
};
