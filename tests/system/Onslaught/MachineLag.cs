using System.Diagnostics;

namespace Ebb.Tests.Onslaught;

/// <summary>
/// How long a thread that asks for nothing but a moment had to wait for a core: what the machine takes from everybody
/// is not held against the process that is looked at.
/// </summary>
internal sealed class MachineLag : IDisposable
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(20);
    private readonly Thread _thread;
    private volatile bool _ends;
    private long _most;

    public MachineLag()
    {
        _thread = new Thread(Watch) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>The longest wait so far.</summary>
    public TimeSpan Most => TimeSpan.FromTicks(Interlocked.Read(ref _most));

    private void Watch()
    {
        while (!_ends)
        {
            var since = Stopwatch.GetTimestamp();
            Thread.Sleep(Moment);
            var late = (Stopwatch.GetElapsedTime(since) - Moment).Ticks;
            if (late > _most)
                Interlocked.Exchange(ref _most, late);
        }
    }

    public void Dispose()
    {
        _ends = true;
        _thread.Join();
    }
}
