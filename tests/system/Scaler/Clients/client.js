// Calls every method of the scaler as a program of its users would and prints one JSON line.
// node client.js ADDRESS PROTO METADATA-JSON [CA [CERT KEY]]
'use strict';
const fs = require('fs');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const [address, proto, metadata, ca, cert, key] = process.argv.slice(2);
const definition = loader.loadSync(proto, { keepCase: true, longs: Number, defaults: true });
const { externalscaler } = grpc.loadPackageDefinition(definition);
const read = (file) => (file ? fs.readFileSync(file) : null);
const credentials = ca ? grpc.credentials.createSsl(read(ca), read(key), read(cert)) : grpc.credentials.createInsecure();
const client = new externalscaler.ExternalScaler(address, credentials, { 'grpc.default_compression_algorithm': 2 });
const ref = { name: 'queue', namespace: 'shop', scalerMetadata: JSON.parse(metadata) };
const deadline = () => ({ deadline: Date.now() + 10000 });

const unary = (method, request) => new Promise((resolve) =>
  client[method](request, new grpc.Metadata(), deadline(), (error, answer) => resolve(error ? { code: error.code, details: error.details } : answer)));
const first = (method) => new Promise((resolve) => {
  const stream = client[method](ref, deadline());
  stream.on('data', (answer) => { resolve(answer); stream.cancel(); });
  stream.on('error', (error) => resolve({ code: error.code, details: error.details }));
});

(async () => {
  console.log(JSON.stringify({
    isActive: await unary('IsActive', ref),
    metricSpec: await unary('GetMetricSpec', ref),
    metrics: await unary('GetMetrics', { scaledObjectRef: ref, metricName: 'ebb-replicas' }),
    streamIsActive: await first('StreamIsActive'),
    streamMetricSpec: await first('StreamMetricSpec'),
  }));
  client.close();
})();
