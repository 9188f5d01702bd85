using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Text;

namespace Ebb.Bench.Scaler;

/// <summary>GetMetrics of many ScaledObjects, written by hand so that the client costs little.</summary>
internal static class MetricsLoad
{
    /// <summary>Calls a second, latencies and the server's CPU a call in µs.</summary>
    public sealed record Result(double Rate, double P50, double P99, double Cpu);

    /// <summary>The request of the i-th ScaledObject, framed.</summary>
    /// <param name="i">Which one.</param>
    /// <param name="metric">The metric's name.</param>
    public static byte[] Request(int i, string metric)
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
        Text(message, 2, metric);
        var frame = new byte[5 + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), (int)message.Length);
        message.ToArray().CopyTo(frame, 5);
        return frame;
    }

    /// <param name="server">Who is asked.</param>
    /// <param name="requests">What is asked, in turn.</param>
    /// <param name="flight">How many calls are open at one time.</param>
    /// <param name="span">For how long.</param>
    public static async Task<Result> MeasureAsync(ServerProcess server, byte[][] requests, int flight, TimeSpan span)
    {
        using var client = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false });
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
                            await CallAsync(
                                client,
                                server,
                                requests[Interlocked.Increment(ref next) % requests.Length]
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
        return new Result(
            sorted.Length / elapsed.TotalSeconds,
            sorted[sorted.Length / 2],
            sorted[sorted.Length * 99 / 100],
            used.TotalMicroseconds / sorted.Length
        );
    }

    /// <exception cref="InvalidOperationException">There was no answer.</exception>
    public static async Task CallAsync(HttpMessageInvoker client, ServerProcess server, byte[] body)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            $"http://127.0.0.1:{server.Port}/externalscaler.ExternalScaler/GetMetrics"
        )
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.ContentType = new("application/grpc");
        request.Headers.TryAddWithoutValidation("te", "trailers");
        using var response = await client.SendAsync(request, default);
        var answer = await response.Content.ReadAsByteArrayAsync();
        if (answer.Length < 10)
            throw new InvalidOperationException(
                response.Headers.TryGetValues("grpc-message", out var why) ? string.Join(' ', why) : "no answer"
            );
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
