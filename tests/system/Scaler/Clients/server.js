// A trivial scaler on grpc-js, to compare with: node server.js PORT PROTO
'use strict';
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const [port, proto] = process.argv.slice(2);
const { externalscaler } = grpc.loadPackageDefinition(loader.loadSync(proto, { keepCase: true, longs: Number, defaults: true }));
const server = new grpc.Server();
server.addService(externalscaler.ExternalScaler.service, {
  GetMetrics: (call, answer) => answer(null, { metricValues: [{ metricName: call.request.metricName, metricValue: 7, metricValueFloat: 7 }] }),
});
server.bindAsync(`127.0.0.1:${port}`, grpc.ServerCredentials.createInsecure(), (error) => { if (error) throw error; });
