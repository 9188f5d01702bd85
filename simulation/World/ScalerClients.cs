namespace Ebb.Simulation;

/// <summary>placeholder</summary>
public sealed class ScalerClients;
