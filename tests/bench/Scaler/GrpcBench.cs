using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Ebb.Bench.Scaler;

/// <summary>GetMetrics over 10,000 ScaledObjects: the scaler, a Kestrel endpoint that answers fixed bytes, and a trivial grpc-js server, round about.</summary>
internal static class GrpcBench
{
    private const int ScaledObjects = 10_000,
        Rounds = 5;
    private static readonly TimeSpan Each = TimeSpan.FromSeconds(2);

    /// <param name="scaler">The published scaler.</param>
    /// <param name="clients">Where grpc-js is installed.</param>
    /// <param name="proto">KEDA's.</param>
    /// <param name="flights">How many calls are open at one time, one row each.</param>
    public static async Task RunAsync(string scaler, string clients, string proto, params int[] flights)
    {
        await using var cluster = await SyntheticCluster.StartAsync(10, 100, ScaledObjects);
        await using var ours = ServerProcess.Scaler(scaler, cluster.Kubeconfig);
        await using var plain = ServerProcess.Fixed(scaler, reads: false);
        await using var reading = ServerProcess.Fixed(scaler, reads: true);
        await using var js = ServerProcess.GrpcJs(Path.Combine(clients, "server.js"), proto);
        (string Name, ServerProcess Process)[] servers =
        [
            ("scaler", ours),
            ("kestrel, fixed bytes", plain),
            ("kestrel, reads and answers fixed bytes", reading),
            ("grpc-js", js),
        ];
        var requests = Enumerable.Range(0, ScaledObjects).Select(Request).ToArray();
        foreach (var (_, process) in servers)
            await process.ReadyAsync();
        // Twice, with a pause that the others fill: what is compiled anew after the first load is so before the second ends.
        for (var warm = 0; warm < 2; warm++)
            foreach (var (_, process) in servers)
                await MeasureAsync(process, requests, 64, TimeSpan.FromSeconds(5));

        Console.WriteLine("| in flight | server | calls/s | p50 us | p99 us | CPU/call us |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (var flight in flights)
        {
            var all = servers.ToDictionary(
                s => s.Name,
                _ => new List<(double Rate, double P50, double P99, double Cpu)>()
            );
            for (var round = 0; round < Rounds; round++)
                foreach (var (name, process) in servers)
                    all[name].Add(await MeasureAsync(process, requests, flight, Each));
            foreach (var (name, runs) in all)
                Console.WriteLine(
                    FormattableString.Invariant(
                        $"| {flight} | {name} | {Median(runs, r => r.Rate):0} | {Median(runs, r => r.P50):0} | {Median(runs, r => r.P99):0} | {Median(runs, r => r.Cpu):0.0} |"
                    )
                );
            // Round by round, since whatever else the machine does comes and goes.
            foreach (var (name, _) in servers.Skip(1).Take(2))
            {
                var ratios = all[servers[0].Name]
                    .Zip(all[name], (scaler, kestrel) => scaler.Cpu / kestrel.Cpu)
                    .Order()
                    .ToArray();
                Console.WriteLine(
                    FormattableString.Invariant(
                        $"| {flight} | scaler ÷ {name}, CPU per call | | | | {ratios[ratios.Length / 2]:0.00} ({ratios[0]:0.00} to {ratios[^1]:0.00}) |"
                    )
                );
            }
        }

        Console.WriteLine($"scaler resident: {ours.ResidentMiB} MiB");
    }

    /// <summary>The floor: Kestrel answers what GetMetrics would.</summary>
    /// <param name="port">On loopback.</param>
    /// <param name="reads">Whether it takes the request to its end first, as whoever must know what was asked has to.</param>
    public static async Task FixedAsync(int port, bool reads)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            // As the scaler has them.
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1_000_000;
            kestrel.ListenLocalhost(port, listen => listen.Protocols = HttpProtocols.Http2);
        });
        var app = builder.Build();
        byte[] answer = [0, 0, 0, 0, 27, 10, 25, 10, 12, .. "ebb-replicas"u8, 16, 7, 25, 0, 0, 0, 0, 0, 0, 28, 64];
        ((IApplicationBuilder)app).Run(async http =>
        {
            for (var reader = http.Request.BodyReader; reads; )
            {
                var read = await reader.ReadAsync();
                reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                    break;
            }

            http.Response.ContentType = "application/grpc";
            answer.CopyTo(http.Response.BodyWriter.GetSpan(answer.Length));
            http.Response.BodyWriter.Advance(answer.Length);
            http.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers["grpc-status"] = "0";
        });
        await app.RunAsync();
    }

    private static double Median(
        List<(double Rate, double P50, double P99, double Cpu)> runs,
        Func<(double Rate, double P50, double P99, double Cpu), double> part
    ) => runs.Select(part).Order().ElementAt(runs.Count / 2);

    private static async Task<(double, double, double, double)> MeasureAsync(
        ServerProcess server,
        byte[][] requests,
        int flight,
        TimeSpan span
    )
    {
        using var client = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false });
        var uri = new Uri($"http://localhost:{server.Port}/externalscaler.ExternalScaler/GetMetrics");
        var next = 0;
        var cpu = server.Cpu;
        var since = Stopwatch.StartNew();
        var times = await Task.WhenAll(
            Enumerable
                .Range(0, flight)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        List<double> mine = [];
                        while (since.Elapsed < span)
                        {
                            var from = Stopwatch.GetTimestamp();
                            using var request = new HttpRequestMessage(HttpMethod.Post, uri)
                            {
                                Version = HttpVersion.Version20,
                                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                                Content = new ByteArrayContent(
                                    requests[Interlocked.Increment(ref next) % requests.Length]
                                ),
                            };
                            request.Content.Headers.ContentType = new("application/grpc");
                            request.Headers.TryAddWithoutValidation("te", "trailers");
                            using var response = await client.SendAsync(request, default);
                            var body = await response.Content.ReadAsByteArrayAsync();
                            if (body.Length < 10)
                                throw new InvalidOperationException(
                                    response.Headers.TryGetValues("grpc-message", out var why)
                                        ? string.Join(' ', why)
                                        : "no answer"
                                );
                            mine.Add(Stopwatch.GetElapsedTime(from).TotalMicroseconds);
                        }

                        return mine;
                    })
                )
        );
        var elapsed = since.Elapsed;
        var used = server.Cpu - cpu;
        var sorted = times.SelectMany(t => t).Order().ToArray();
        return (
            sorted.Length / elapsed.TotalSeconds,
            sorted[sorted.Length / 2],
            sorted[sorted.Length * 99 / 100],
            used.TotalMicroseconds / sorted.Length
        );
    }

    private static byte[] Request(int i)
    {
        using var reference = new MemoryStream();
        Text(reference, 1, $"so-{i}");
        Text(reference, 2, $"ns-{i % 500}");
        foreach (
            var (key, value) in new[]
            {
                ("scalerAddress", "ebb-scaler.ebb-system:9090"),
                ("timezone", "UTC"),
                ("start", "00:00"),
                ("end", "23:59"),
                ("desiredReplicas", "7"),
            }
        )
        {
            using var entry = new MemoryStream();
            Text(entry, 1, key);
            Text(entry, 2, value);
            Part(reference, 3, entry.ToArray());
        }

        using var message = new MemoryStream();
        Part(message, 1, reference.ToArray());
        Text(message, 2, "ebb-replicas");
        var frame = new byte[5 + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), (int)message.Length);
        message.ToArray().CopyTo(frame, 5);
        return frame;
    }

    private static void Text(MemoryStream into, int field, string text) =>
        Part(into, field, Encoding.UTF8.GetBytes(text));

    private static void Part(MemoryStream into, int field, byte[] part)
    {
        into.WriteByte((byte)((field << 3) | 2));
        if (part.Length >= 128)
            into.WriteByte((byte)(part.Length | 0x80));
        into.WriteByte((byte)(part.Length >= 128 ? part.Length >> 7 : part.Length));
        into.Write(part);
    }
}
