"""Calls every method of the scaler with Debian's grpcio and prints one JSON line.

client.py ADDRESS FOLDER-OF-STUBS METADATA-JSON [CA [CERT KEY]]
"""
import json
import sys

address, stubs, metadata = sys.argv[1:4]
files = [open(name, "rb").read() for name in sys.argv[4:7]] + [None] * 3
sys.path.insert(0, stubs)

import grpc  # noqa: E402
import externalscaler_pb2 as pb  # noqa: E402

if files[0]:
    credentials = grpc.ssl_channel_credentials(files[0], files[2], files[1])
    channel = grpc.secure_channel(address, credentials, compression=grpc.Compression.Gzip)
else:
    channel = grpc.insecure_channel(address, compression=grpc.Compression.Gzip)
ref = pb.ScaledObjectRef(name="queue", namespace="shop", scalerMetadata=json.loads(metadata))


def path(method):
    return "/externalscaler.ExternalScaler/" + method


def said(call):
    try:
        return call()
    except grpc.RpcError as error:
        return {"code": error.code().value[0], "details": error.details()}


def unary(method, request, answer, show):
    stub = channel.unary_unary(path(method), request_serializer=type(request).SerializeToString, response_deserializer=answer.FromString)
    return said(lambda: show(stub(request, timeout=10)))


def first(method, answer, show):
    stub = channel.unary_stream(path(method), request_serializer=pb.ScaledObjectRef.SerializeToString, response_deserializer=answer.FromString)

    def one():
        stream = stub(ref, timeout=10)
        shown = show(next(stream))
        stream.cancel()
        return shown

    return said(one)


def active(answer):
    return {"result": answer.result}


def spec(answer):
    return {"metricSpecs": [{"metricName": s.metricName, "targetSize": s.targetSize, "targetSizeFloat": s.targetSizeFloat} for s in answer.metricSpecs]}


def values(answer):
    return {"metricValues": [{"metricName": v.metricName, "metricValue": v.metricValue, "metricValueFloat": v.metricValueFloat} for v in answer.metricValues]}


print(json.dumps({
    "isActive": unary("IsActive", ref, pb.IsActiveResponse, active),
    "metricSpec": unary("GetMetricSpec", ref, pb.GetMetricSpecResponse, spec),
    "metrics": unary("GetMetrics", pb.GetMetricsRequest(scaledObjectRef=ref, metricName="ebb-replicas"), pb.GetMetricsResponse, values),
    "streamIsActive": first("StreamIsActive", pb.IsActiveResponse, active),
    "streamMetricSpec": first("StreamMetricSpec", pb.GetMetricSpecResponse, spec),
}))
