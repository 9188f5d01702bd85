using System.Collections.Concurrent;
using Ebb.Simulation.World.Keda.Protocol;
using Grpc.Core;
using Grpc.Net.Client;

namespace Ebb.Simulation.World.Keda;

/// <summary>
/// Asks an external scaler as KEDA does: gRPC in the clear, one HTTP/2 connection for each <c>scalerAddress</c>. KEDA
/// has no deadline at polls; one of ten real seconds keeps a call that is lost from ending all further polls of its
/// object. What the scaler refuses is an <see cref="InvalidOperationException"/> with grpc-go's words.
/// </summary>
public sealed class ExternalScalerClient : IScalerClient, IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<GrpcChannel>> channels = new(StringComparer.Ordinal);
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

    private static DateTime Deadline => DateTime.UtcNow + TimeSpan.FromSeconds(10);

    public async Task<bool> IsActive(ScalerQuestion question, CancellationToken ct)
    {
        var answer = await Unary(
            question,
            "IsActive",
            scaler => scaler.IsActiveAsync(Reference(question), null, Deadline, ct)
        );
        return answer.Result;
    }

    public async Task<IReadOnlyList<ScalerMetric>> GetMetricSpec(ScalerQuestion question, CancellationToken ct)
    {
        var answer = await Unary(
            question,
            "GetMetricSpec",
            scaler => scaler.GetMetricSpecAsync(Reference(question), null, Deadline, ct)
        );
        return
        [
            .. answer.MetricSpecs.Select(spec => new ScalerMetric(
                spec.MetricName,
                Number(spec.TargetSizeFloat, spec.TargetSize)
            )),
        ];
    }

    public async Task<double> GetMetrics(ScalerQuestion question, string metric, CancellationToken ct)
    {
        var request = new GetMetricsRequest { ScaledObjectRef = Reference(question), MetricName = metric };
        var answer = await Unary(question, "GetMetrics", scaler => scaler.GetMetricsAsync(request, null, Deadline, ct));
        return answer.MetricValues.Select(value => Number(value.MetricValueFloat, value.MetricValue_)).First();
    }

    public async Task StreamIsActive(ScalerQuestion question, Action<bool> pushed, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(pushed);
        try
        {
            using var call = Scaler(question, "StreamIsActive")
                .StreamIsActive(Reference(question), cancellationToken: ct);
            while (await call.ResponseStream.MoveNext(ct))
            {
                pushed(call.ResponseStream.Current.Result);
            }
        }
        catch (RpcException refusal)
        {
            throw Failure(refusal.Status);
        }
    }

    public void Dispose()
    {
        foreach (var channel in channels.Values)
        {
            channel.Value.Dispose();
        }
    }

    private async Task<T> Unary<T>(
        ScalerQuestion question,
        string method,
        Func<ExternalScaler.ExternalScalerClient, AsyncUnaryCall<T>> ask
    )
    {
        Interlocked.Increment(ref inFlight);
        try
        {
            using var call = ask(Scaler(question, method));
            return await call;
        }
        catch (RpcException refusal)
        {
            throw Failure(refusal.Status);
        }
        finally
        {
            Interlocked.Decrement(ref inFlight);
        }
    }

    private ExternalScaler.ExternalScalerClient Scaler(ScalerQuestion question, string method)
    {
        Calls.AddOrUpdate(method, 1, (_, n) => n + 1);
        var address =
            question.Metadata.GetValueOrDefault("scalerAddress")
            ?? throw new InvalidOperationException("scaler Address is required");
        var reached = Route is null
            ? address
            : Route(address) ?? throw Failure(new Status(StatusCode.Unavailable, $"nothing answers at {address}"));
        return new(channels.GetOrAdd(reached, new Lazy<GrpcChannel>(() => Connect(reached))).Value);
    }

    private static GrpcChannel Connect(string address) =>
        GrpcChannel.ForAddress(
            $"http://{address}",
            new GrpcChannelOptions
            {
                HttpHandler = new SocketsHttpHandler { UseProxy = false, EnableMultipleHttp2Connections = false },
                DisposeHttpClient = true,
                // The backoff is counted in real time, which a world that a test moves by hand does not wait for.
                InitialReconnectBackoff = TimeSpan.FromMilliseconds(20),
                MaxReconnectBackoff = TimeSpan.FromMilliseconds(20),
                ThrowOperationCanceledOnCancellation = true,
            }
        );

    private static ScaledObjectRef Reference(ScalerQuestion question)
    {
        var reference = new ScaledObjectRef { Name = question.Name, Namespace = question.Namespace };
        foreach (var (key, value) in question.Metadata)
        {
            reference.ScalerMetadata.Add(key, value);
        }

        return reference;
    }

    // The float when it says something, as KEDA does; the integer for older scalers.
    private static double Number(double real, long whole) => real > 0 ? real : whole;

    private static InvalidOperationException Failure(Status status) =>
        // "Canceled" is the one name that Go spells otherwise.
        new(
            $"rpc error: code = {(status.StatusCode == StatusCode.Cancelled ? "Canceled" : status.StatusCode)} "
                + $"desc = {status.Detail}"
        );
}
