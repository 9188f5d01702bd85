using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.Watching;

namespace Ebb.Kubernetes.Power;

/// <summary>
/// The scale of objects whose kind is known only by name. Read once for each version of the object that the watch
/// shows, so that nothing is requested while nothing changes; at most four requests at a time, and after a failure none
/// for five seconds.
/// </summary>
internal sealed class ScaleReadings(KubernetesApi api, ResourceType type, Action changed) : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _places = new(4);
    private readonly Lock _lock = new();
    private readonly Dictionary<ObjectName, Reading> _readings = [];

    /// <summary>The latest scale of that very object; null while there is none.</summary>
    public Scale? Of(IKubernetesObject of)
    {
        var meta = of.Metadata;
        lock (_lock)
        {
            var name = new ObjectName(meta.Namespace, meta.Name);
            if (!_readings.TryGetValue(name, out var reading))
                _readings[name] = reading = new Reading();
            if (
                !reading.Running
                && reading.Of != meta.ResourceVersion
                && !(reading.Failed is { } at && api.Time.GetElapsedTime(at) < Pause)
            )
            {
                reading.Running = true;
                reading.Work = Task.Run(() => ReadAsync(name, meta.ResourceVersion, reading));
            }

            return reading.Scale is { } scale && scale.Metadata.Uid == meta.Uid ? scale : null;
        }
    }

    /// <summary>Why the last request failed; null when it did not.</summary>
    public string? Fault(IKubernetesObject of)
    {
        lock (_lock)
            return _readings.GetValueOrDefault(new ObjectName(of.Metadata.Namespace, of.Metadata.Name))?.Fault;
    }

    public void Apply(Scale scale)
    {
        lock (_lock)
        {
            var name = new ObjectName(scale.Metadata.Namespace, scale.Metadata.Name);
            if (!_readings.TryGetValue(name, out var reading) || IsOlder(scale, reading.Scale))
                return;
            reading.Scale = scale;
        }

        changed();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        Task[] running;
        lock (_lock)
            running = [.. _readings.Values.Select(reading => reading.Work).OfType<Task>()];
        await Task.WhenAll(running).ConfigureAwait(false);
        _places.Dispose();
        _stop.Dispose();
    }

    private async Task ReadAsync(ObjectName name, string version, Reading reading)
    {
        Scale? scale = null;
        string? fault = null;
        try
        {
            await _places.WaitAsync(_stop.Token).ConfigureAwait(false);
            try
            {
                scale = await api.GetScaleAsync(type, name.Namespace, name.Name, _stop.Token).ConfigureAwait(false);
            }
            finally
            {
                _places.Release();
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (KubernetesException failed)
        {
            fault = failed.Message;
        }

        lock (_lock)
        {
            reading.Running = false;
            reading.Fault = fault;
            reading.Failed = fault is null ? null : api.Time.GetTimestamp();
            if (scale is not null)
            {
                reading.Of = version;
                if (!IsOlder(scale, reading.Scale))
                    reading.Scale = scale;
            }
        }

        changed();
    }

    private static bool IsOlder(Scale scale, Scale? known) =>
        known is not null
        && known.Metadata.Uid == scale.Metadata.Uid
        && ResourceVersion.IsNewer(known.Metadata.ResourceVersion, scale.Metadata.ResourceVersion) == true;

    private sealed class Reading
    {
        public Scale? Scale { get; set; }

        public string? Of { get; set; }

        public string? Fault { get; set; }

        public long? Failed { get; set; }

        public bool Running { get; set; }

        public Task? Work { get; set; }
    }
}
