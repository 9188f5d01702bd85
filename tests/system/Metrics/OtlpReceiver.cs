using System.Collections.Concurrent;
using System.Text;
using Ebb.Tests.Harness;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Ebb.Tests.Metrics;

/// <summary>
/// Takes OTLP over HTTP and reads of it who pushed and what: the messages of opentelemetry-proto, by field number.
/// </summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly ConcurrentDictionary<(string Service, string Metric), bool> _seen = new();
    private readonly WebApplication _app;

    private OtlpReceiver(WebApplication app, string address) => (_app, Address) = (app, address);

    public string Address { get; }

    public HashSet<string> Metrics(string service) =>
        [.. _seen.Keys.Where(k => k.Service == service).Select(k => k.Metric)];

    public static async Task<OtlpReceiver> StartAsync()
    {
        var address = $"http://127.0.0.1:{FreePort.Take()}";
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(address);
        var app = builder.Build();
        var receiver = new OtlpReceiver(app, address);
        app.MapPost(
            "/v1/metrics",
            async (HttpContext context) =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body, context.RequestAborted);
                receiver.Take(body.ToArray());
            }
        );
        await app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>
    /// ExportMetricsServiceRequest: 1 ResourceMetrics (1 Resource, 2 ScopeMetrics (2 Metric (1 name))).
    /// </summary>
    private void Take(byte[] request)
    {
        foreach (var resourceMetrics in Fields(request, 1))
        {
            var service = Fields(resourceMetrics, 1)
                .SelectMany(resource => Fields(resource, 1))
                .Where(attribute => Text(Fields(attribute, 1).First()) == "service.name")
                .Select(attribute => Text(Fields(Fields(attribute, 2).First(), 1).First()))
                .First();
            foreach (var metric in Fields(resourceMetrics, 2).SelectMany(scope => Fields(scope, 2)))
                _seen[(service, Text(Fields(metric, 1).First()))] = true;
        }
    }

    private static List<byte[]> Fields(byte[] message, int number)
    {
        List<byte[]> found = [];
        var input = new CodedInputStream(message);
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            if (
                WireFormat.GetTagFieldNumber(tag) == number
                && WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited
            )
                found.Add(input.ReadBytes().ToByteArray());
            else
                input.SkipLastField();
        }
        return found;
    }

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);
}
