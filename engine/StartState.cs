namespace Ebb.Engine;

/// <summary>Whether the host has started: until then what it logs is told in another way.</summary>
internal sealed class StartState
{
    public volatile bool Started;
}
