using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Ebb.Simulation.World.Keda;

namespace Ebb.Simulation;

/// <summary>
/// Calls an external scaler as KEDA does: gRPC without TLS, one HTTP/2 connection for each <c>scalerAddress</c>, no
/// deadline at polls. The messages are encoded here by hand, so that no error is shared with the scaler.
/// </summary>
public sealed class ExternalScalerClient : IScalerClient, IDisposable
{
    private readonly ConcurrentDictionary<string, HttpMessageInvoker> connections = new(StringComparer.Ordinal);
    private int inFlight;

    /// <summary>
    /// Resolves an address that only a cluster knows, such as that of a Service; null: used as it is.
    /// </summary>
    /// <remarks>A null result: the call fails with UNAVAILABLE.</remarks>
    public Func<string, string?>? Route { get; init; }

    /// <summary>How many calls were made, by method.</summary>
    public ConcurrentDictionary<string, int> Calls { get; } = new(StringComparer.Ordinal);

    /// <summary>Unary calls that are not answered yet.</summary>
    public int InFlight => Volatile.Read(ref inFlight);

    public async Task<bool> IsActive(ScalerQuestion question, CancellationToken ct) =>
        ExternalScalerCodec.ReadIsActive(await Unary("IsActive", question, ExternalScalerCodec.WriteRef(question), ct));

    public async Task<IReadOnlyList<ScalerMetric>> GetMetricSpec(ScalerQuestion question, CancellationToken ct) =>
        ExternalScalerCodec.ReadSpecs(
            await Unary("GetMetricSpec", question, ExternalScalerCodec.WriteRef(question), ct)
        );

    public async Task<double> GetMetrics(ScalerQuestion question, string metric, CancellationToken ct) =>
        ExternalScalerCodec.ReadValue(
            await Unary("GetMetrics", question, ExternalScalerCodec.WriteMetricsRequest(question, metric), ct)
        );

    public async Task StreamIsActive(ScalerQuestion question, Action<bool> pushed, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(pushed);
        using var response = await Send("StreamIsActive", question, ExternalScalerCodec.WriteRef(question), ct);
        Check(response.Headers, onlyWhenThere: true);
        using var body = await response.Content.ReadAsStreamAsync(ct);
        while (await Next(body, ct) is { } message)
        {
            pushed(ExternalScalerCodec.ReadIsActive(message));
        }

        Check(response.TrailingHeaders, onlyWhenThere: false);
    }

    public void Dispose()
    {
        foreach (var connection in connections.Values)
        {
            connection.Dispose();
        }
    }

    private async Task<byte[]> Unary(string method, ScalerQuestion question, byte[] message, CancellationToken ct)
    {
        Interlocked.Increment(ref inFlight);
        try
        {
            using var response = await Send(method, question, message, ct);
            Check(response.Headers, onlyWhenThere: true);
            using var body = await response.Content.ReadAsStreamAsync(ct);
            var answer = await Next(body, ct);
            var rest = answer is null ? null : await Next(body, ct);
            Check(response.TrailingHeaders, onlyWhenThere: false);
            return answer is not null && rest is null
                ? answer
                : throw new InvalidOperationException("rpc error: code = Internal desc = not one message");
        }
        finally
        {
            Interlocked.Decrement(ref inFlight);
        }
    }

    private async Task<HttpResponseMessage> Send(
        string method,
        ScalerQuestion question,
        byte[] message,
        CancellationToken ct
    )
    {
        Calls.AddOrUpdate(method, 1, (_, n) => n + 1);
        var address =
            question.Metadata.GetValueOrDefault("scalerAddress")
            ?? throw new InvalidOperationException("scaler Address is required");
        if (Route is not null)
        {
            address =
                Route(address)
                ?? throw new InvalidOperationException(
                    $"rpc error: code = Unavailable desc = nothing answers at {address}"
                );
        }

        var connection = connections.GetOrAdd(
            address,
            _ => new HttpMessageInvoker(
                new SocketsHttpHandler { UseProxy = false, EnableMultipleHttp2Connections = false }
            )
        );
        var frame = new byte[5 + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, 5);
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            $"http://{address}/externalscaler.ExternalScaler/{method}"
        )
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(frame),
        };
        request.Content.Headers.ContentType = new("application/grpc");
        request.Headers.TE.ParseAdd("trailers");
        request.Headers.UserAgent.ParseAdd("grpc-go/1.81.1");
        try
        {
            return await connection.SendAsync(request, ct);
        }
        catch (HttpRequestException e)
        {
            throw new InvalidOperationException("rpc error: code = Unavailable desc = " + e.Message, e);
        }
    }

    private static void Check(System.Net.Http.Headers.HttpResponseHeaders headers, bool onlyWhenThere)
    {
        var status =
            headers.TryGetValues("grpc-status", out var said) ? said.Single()
            : onlyWhenThere ? "0"
            : "2";
        if (status == "0")
        {
            return;
        }

        var message = headers.TryGetValues("grpc-message", out var words) ? Uri.UnescapeDataString(words.Single()) : "";
        throw new InvalidOperationException(
            $"rpc error: code = {Name(int.Parse(status, CultureInfo.InvariantCulture))} desc = {message}"
        );
    }

    private static async Task<byte[]?> Next(Stream body, CancellationToken ct)
    {
        var head = new byte[5];
        var read = await body.ReadAtLeastAsync(head, 5, throwOnEndOfStream: false, ct);
        if (read == 0)
        {
            return null;
        }

        var message = new byte[BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1))];
        await body.ReadExactlyAsync(message, ct);
        return message;
    }

    private static string Name(int code) =>
        code switch
        {
            1 => "Canceled",
            2 => "Unknown",
            3 => "InvalidArgument",
            4 => "DeadlineExceeded",
            8 => "ResourceExhausted",
            12 => "Unimplemented",
            13 => "Internal",
            14 => "Unavailable",
            _ => code.ToString(CultureInfo.InvariantCulture),
        };
}
