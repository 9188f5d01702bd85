using Ebb.Tests.Harness;

namespace Ebb.Tests.Survival;

/// <summary>
/// One process after the other: when one is killed, the next is started a second later, as Kubernetes would.
/// </summary>
internal sealed class Cast(World world, IReadOnlyDictionary<string, string?> settings) : IAsyncDisposable
{
    private const int Patience = 1500;
    private EbbProcess _process = EbbProcess.Start(world, settings);

    public bool IsDead { get; private set; }

    public EbbProcess Present => _process;

    public void Kill()
    {
        IsDead = true;
        _process.Kill();
    }

    /// <param name="condition">What is waited for.</param>
    /// <param name="broken">What to say when it does not come.</param>
    /// <param name="each">After each second.</param>
    public async Task UntilAsync(Func<bool> condition, IReadOnlyCollection<string> broken, Action? each = null)
    {
        for (var i = 0; !condition(); i++)
        {
            Assert.True(
                i < Patience,
                $"not within {Patience} s: {_process.Path.View?.Plan.Phase} {_process.Path.View?.Plan.Reason}; "
                    + string.Join("; ", broken.Take(3))
            );
            try
            {
                await _process.StepAsync();
            }
            catch (Exception) when (IsDead)
            { /* whatever a dying process throws says nothing */
            }
            each?.Invoke();
            if (!IsDead)
                continue;
            await _process.DisposeAsync();
            world.Clock.Advance(TimeSpan.FromSeconds(1));
            _process = EbbProcess.Start(world, settings);
            IsDead = false;
        }
    }

    /// <summary>All power is gone, and another process starts when it is back.</summary>
    /// <param name="meanwhile">What happens until then.</param>
    public async Task RestartAsync(Action meanwhile)
    {
        await _process.DisposeAsync();
        meanwhile();
        _process = EbbProcess.Start(world, settings);
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
