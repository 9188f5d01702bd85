namespace Ebb.Engine.Dashboard;

/// <summary>What may be done to the simulated world; there is none where a real cluster is.</summary>
internal interface IDemoControls
{
    double Speed { get; }

    bool OnMains { get; }

    void PullThePlug();

    void PlugIn();

    /// <summary>Mains comes and goes for a while; returns at once.</summary>
    void Flap();

    /// <param name="speed">Seconds of the world in one of ours, 1 to 60.</param>
    void Run(double speed);
}
